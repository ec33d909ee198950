// A posting in full: what was read beside the text, its jobs, its repetitions, its history.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { byId, h, outsideLink } from "./dom.js";
import { facts } from "./facts.js";
import { nameSources } from "./footer.js";
import { count, dayName, label, pay, plural } from "./format.js";
import { companyLink, postingLink, sourceLink } from "./links.js";
import { showAnswers } from "./posting_answers.js";
import { showHistory } from "./posting_history.js";
import { showReport } from "./posting_report.js";
import { textElements } from "./posting_text.js";

const { posting: id } = byId("main").dataset;
const cards = Object.fromEntries(["read", "text", "jobs", "same", "history", "report"].map((name) => [name, new Card(name)]));
const SHOW = { read: (page, card) => showAnswers(page, card), text: showText, jobs: showJobs, same: showSame, history: showHistory, report: showReport };
let asked = null;

/** Return the answer that the cards share; after a failure the next one asks again. */
function answer() {
  asked ??= ask("posting", "posting", { id }).then((page) => {
    showTop(page);
    return page;
  }).catch((error) => {
    asked = null;
    throw error;
  });
  return asked;
}

for (const [name, card] of Object.entries(cards)) card.fill(answer, (page) => SHOW[name](page, card));

function showTop({ posting }) {
  const title = posting.title || posting.company || "A posting";
  document.title = `${title} – TechPulse`;
  byId("posting-title").textContent = title;
  const shown = [posting.location, posting.remote === "unspecified" ? null : label(posting.remote), pay(posting)].filter(Boolean);
  byId("facts").replaceChildren(
    posting.company ? companyLink(posting.company) : h("strong", {}, "Company not named"),
    ...shown.map((fact) => h("span", {}, fact)),
    h("span", {}, "posted ", h("time", { datetime: posting.posted_day }, dayName(posting.posted_day))));
  byId("at-source").replaceChildren(sourceLink(posting, `Read and apply at ${posting.attribution.name} ↗`, { class: "ghost button" }),
    h("span", { class: "muted" }, "Source: ", outsideLink(posting.attribution.url, posting.attribution.name)));
}

function showText({ text, posting, is_formatted: isFormatted }, card) {
  const words = text.reduce((sum, block) => sum + block.runs.reduce((inner, run) => inner + run.text.split(/\s+/).filter(Boolean).length, 0), 0);
  card.say(`${plural(words, "word")}, as loaded on ${dayName(posting.retrieved_at)}${isFormatted ? "" : ", as plain text"}`);
  if (!text.length) return card.empty("No text", `The source gave none. ${posting.attribution.name} may show more.`);
  card.body.replaceChildren(h("div", { class: "posting-text" }, textElements(text)));
}

function showJobs({ posting }, card) {
  const columns = ["title", "roles", "levels", "family", "way of working", "places", "pay"];
  const rows = posting.jobs.map((job) => [job.title || "–", names(job.roles), names(job.levels), label(job.family),
    job.remote ? label(job.remote) : "", job.locations.join("; "), pay(job)]);
  card.say(plural(rows.length, "job"));
  const head = h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name[0].toUpperCase() + name.slice(1))));
  const body = rows.map(([title, ...rest]) => h("tr", {}, h("th", { scope: "row" }, title), rest.map((value) => h("td", {}, value || "–"))));
  card.show({ columns, rows }, {}, h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table: jobs it offers" },
    h("table", { class: "compact jobs" }, h("thead", {}, head), h("tbody", {}, body))));
}

const names = (values) => values.map(label).join(", ");

function showSame({ same_job: same, same_job_count: total }, card) {
  if (!same.length) return card.empty("Only here", "No other posting of this job is known.");
  card.say(`${plural(total, "posting")} of one job${total > same.length ? `, ${count(same.length)} shown` : ""}`);
  const rows = same.map((row) => [row.posted_day, row.attribution.name, row.company, row.title, row.is_counted ? "yes" : "no", row.url]);
  card.show({ columns: ["date", "source", "company", "title", "counts", "url"], rows }, {}, h("ul", { class: "same" }, same.map(sameRow)));
}

const sameRow = (row) => h("li", row.is_this ? { "aria-current": "true" } : {},
  h("time", { datetime: row.posted_day, class: "muted" }, dayName(row.posted_day)),
  h("span", { class: "what" },
    row.is_this ? h("strong", {}, row.title || row.company || "This posting") : postingLink(row, row.title || row.company || "Posting"),
    row.is_this ? h("span", { class: "tag" }, "this posting") : null,
    row.is_counted ? h("span", { class: "tag new" }, "counts for the job") : null),
  sourceLink(row, row.attribution.name));

facts().then(({ summary }) => nameSources(summary)).catch(() => {
  // The cards say that there is no data; without it there is no source to name.
});

// Back to the dashboard as it was left.
const from = document.referrer && new URL(document.referrer);
if (from && from.origin === location.origin && from.pathname.endsWith("/dashboard")) byId("back").search = from.search;
