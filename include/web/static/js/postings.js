// The matching postings, each with a link to its page and to its source: newest first, or those that fit a search best.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { byId, h } from "./dom.js";
import { count, dayName, label, pay } from "./format.js";
import { companyLink, postingLink, sourceLink } from "./links.js";
import { excerpts, excerptText, markedName } from "./marks.js";
import { pagedList } from "./more.js";
import { segments } from "./segments.js";
import { question, state } from "./state.js";

const PAGE = 8;
const card = new Card("postings");

const order = byId("postings-order");

const page = (cursor) => ask("postings", "postings", question({ limit: PAGE, cursor, order: state.q ? state.order : "newest" }));

export function startPostings() {
  segments(order.id, "order", loadPostings);
}

export function loadPostings() {
  if (order) order.parentElement.hidden = !state.q; // without a search nothing fits better or worse
  return card.fill(() => page(null), show);
}

function show({ data, meta }) {
  card.say(meta.counted?.line);
  if (!data.length) return card.empty("No posting matches", "Try a longer window, another place, or fewer filters.", meta.nearest);
  card.show(table(data), {}, ...pagedList({ data, meta }, page, posting, (rows) => {
    data.push(...rows);
    card.table = { ...table(data), caption: card.title };
  }));
}

function table(data) {
  return {
    columns: ["date", "company", "title", "location", "way of working", "roles", "levels", "salary", "skills", "source", "url", ...(state.q ? ["found"] : [])],
    rows: data.map((row) => [row.posted_day, row.company, row.title, row.location, label(row.remote), named(row, "roles").join(", "),
      named(row, "levels").join(", "), pay(row), row.skills.join(", "), row.attribution.name, row.url, ...(state.q ? [excerptText(row)] : [])]),
  };
}

/** Return the names of the roles or levels of a posting's jobs, each once. */
const named = (row, kind) => [...new Set(row.jobs.flatMap((job) => job[kind]))].map(label);

function posting(row) {
  const facts = [row.location, row.remote === "unspecified" ? null : label(row.remote), named(row, "levels").slice(0, 2).join(", "), pay(row)].filter(Boolean);
  const shown = row.skills.slice(0, 8);
  return h("li", {},
    h("div", { class: "posting-head" },
      postingLink(row, markedName(row, "title") ?? (row.title || row.company || "Posting"), { class: "posting-title" }),
      h("time", { datetime: row.posted_day, class: "muted" }, dayName(row.posted_day))),
    h("p", { class: "posting-facts" }, row.company ? companyLink(row.company, markedName(row, "company") ?? row.company) : h("strong", {}, "Company not named"), ...facts.map((fact) => h("span", {}, fact))),
    excerpts(row),
    h("p", { class: "posting-skills" }, ...shown.map((skill) => h("span", { class: "tag" }, skill)),
      row.skills.length > shown.length ? h("span", { class: "muted" }, `+${count(row.skills.length - shown.length)}`) : null,
      h("span", { class: "via muted" }, "via ", sourceLink(row, row.attribution.name))));
}
