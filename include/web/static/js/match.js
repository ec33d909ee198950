// My skills: jobs by how much of what they ask one has, and which one skill would open more.

import { ask } from "./api.js";
import { bars } from "./bars.js";
import { Card } from "./card.js";
import { byId, h } from "./dom.js";
import { count, dayName, label, plural, signed } from "./format.js";
import { keepSkills, mySkills, startFragment } from "./fragment.js";
import { companyLink, postingLink, sourceLink } from "./links.js";
import { pagedList } from "./more.js";
import { idName } from "./names.js";
import { technologiesIn } from "./skill_text.js";
import { question, state } from "./state.js";
import { find } from "./trends.js";

const PAGE = 6;
const OPENINGS = 8;
const MOST = 50;
const FITS = { all: "All of it", all_but_one: "All but one", all_but_two: "All but two", half: "Half or more", some: "Less than half", none: "Nothing" };
const SHORT = { all_but_one: "lacks one", all_but_two: "lacks two" };
const card = new Card("match");
let listed = ""; // the fit whose postings are listed; empty: every one

const page = (cursor) => ask("match", "match", question({ skills: mySkills().join(","), fit: listed, top: OPENINGS, limit: PAGE, currency: state.currency, cursor }));

export function loadMatch() {
  showSkills();
  if (mySkills().length) return card.fill(() => page(null), show);
  card.say("No skill is entered yet.");
  card.empty("What can you do?", "Add what you know, or paste a list. Your skills stay in this page's address, after the #, and are kept nowhere: bookmark the page to have them again.");
  return null;
}

export function startMatch() {
  const field = byId("skill");
  byId("add-skill").addEventListener("submit", (event) => {
    event.preventDefault();
    take(field);
  });
  field.addEventListener("change", () => take(field));
  byId("read-skills").addEventListener("click", read);
  byId("forget-skills").addEventListener("click", () => { set([]); field.focus(); });
  startFragment(loadMatch);
}

function take(field) {
  const name = field.value.trim().replaceAll(",", " ");
  if (!name) return;
  field.value = "";
  // The API says what is nearest to a name that the taxonomy lacks.
  set([...mySkills(), find(name)?.technology_id ?? name]);
  byId("announce").textContent = `${name} is one of my skills`;
}

function set(ids) {
  keepSkills(ids.slice(-MOST));
  loadMatch();
}

function read() {
  const text = byId("skill-text");
  const found = technologiesIn(text.value);
  byId("skills-read").textContent = found.length ? `${plural(found.length, "technology", "technologies")} found: remove above what is wrong.` : "No technology of the taxonomy is named in it.";
  text.value = "";
  if (found.length) set([...mySkills(), ...found]);
}

/** Show the skills by name, once the taxonomy is known. */
export function showSkills() {
  byId("my-skills").replaceChildren(...mySkills().map((id) => h("li", { class: "chip" }, h("span", {}, idName("technologies", id)),
    h("button", { type: "button", "aria-label": `Remove ${idName("technologies", id)} from my skills`, onclick: () => set(mySkills().filter((one) => one !== id)) }, "×"))));
  byId("forget-skills").hidden = !mySkills().length;
}

function show(answer) {
  const { data, meta } = answer;
  keepSkills(meta.skills.map((skill) => skill.technology_id));
  showSkills();
  if (card.lacks(meta)) return;
  card.show(table(meta), { isGrey: meta.enough === "grey" },
    h("div", { class: "halves" }, fits(meta), openings(meta)),
    postings(answer, data.length ? null : "No posting to list."));
}

function table({ fits: rows, openings: opened, currency }) {
  return {
    columns: ["what", "name", "jobs", "postings", "companies", "share", "low (95 %)", "high (95 %)", "about equal to the first",
      `pay with it (${currency ?? "none stated"})`, "pay: low (95 %)", "pay: high (95 %)", "jobs with pay", "jobs with pay, without it"],
    rows: [
      ...rows.map((row) => ["I have", FITS[row.fit], row.jobs, row.postings, row.companies, row.share, row.low, row.high, ...Array(6).fill(null)]),
      ...opened.map((row) => ["one more skill", row.name, row.jobs, row.postings, row.companies, row.share, row.low, row.high,
        row.about_equal_to_first ? "yes" : "no", ...["change", "low", "high", "n", "n_without"].map((name) => row.premium?.[name] ?? null)]),
    ],
  };
}

function fits(meta) {
  const named = `${plural(meta.naming_jobs, "job")} name a technology; ${count(meta.unnamed_jobs)} more name none and are not counted here.`;
  return h("div", {}, h("h4", {}, "Of what a job asks I have"),
    bars(meta.fits.map((row) => ({ ...row, name: FITS[row.fit], note: count(row.jobs), title: `List postings: ${FITS[row.fit]}`, act: () => list(row.fit) })), { share: "of jobs", note: "jobs" }),
    h("p", { class: "note" }, named));
}

function list(fit) {
  listed = fit;
  loadMatch();
}

function openings(meta) {
  const rows = meta.openings;
  const head = h("h4", {}, "One more skill would complete");
  if (!rows.length) return h("div", {}, head, h("p", { class: "note" }, "No job lacks just one skill."));
  return h("div", {}, head,
    bars(rows.map((row, i) => ({ ...row, note: count(row.jobs), joined: rows[i + 1]?.about_equal_to_first ?? false, title: `Add ${row.name} to my skills`, act: () => set([...mySkills(), row.technology_id]) })),
      { share: `of ${meta.share_of}`, note: "jobs", digits: 1 }),
    h("p", { class: "note" }, `${plural(meta.lacking_one_jobs, "job")} lack one skill alone. ${leader(rows)} ${pay(meta)}`));
}

function leader(rows) {
  const equal = rows.filter((row) => row.about_equal_to_first).length;
  return equal > 1 ? `The first ${equal} are about equal: chance may order them.` : `${rows[0].name} leads beyond chance.`;
}

function pay({ openings: rows, currency }) {
  const known = rows.filter((row) => row.premium);
  if (!known.length) return "Pay: too few jobs state it to compare the same kind of job with and without; a longer window has more.";
  const said = known.map(({ name, premium }) => `${name} ${signed(100 * premium.change)} % (${signed(100 * premium.low)} to ${signed(100 * premium.high)})`);
  return `Pay in ${currency} with it, against the same kind of job without: ${said.join(", ")}${known.length < rows.length ? "; of the others too few jobs state it." : "."}`;
}

function postings({ data, meta }, nothing) {
  const [items, more] = pagedList({ data, meta }, page, posting);
  const title = listed ? `Postings: ${FITS[listed].toLowerCase()}` : "Postings, best fit first";
  return h("section", { class: "fitting", "aria-label": title },
    h("h4", {}, title, listed ? h("button", { type: "button", class: "quiet", onclick: () => list("") }, "List all") : null),
    nothing ? h("p", { class: "note" }, nothing) : items, more);
}

function posting(row) {
  const shown = row.missing.slice(0, PAGE);
  const facts = [row.location, row.remote === "unspecified" ? null : label(row.remote)].filter(Boolean);
  return h("li", {},
    h("div", { class: "posting-head" },
      postingLink(row, row.title || row.company || "Posting", { class: "posting-title" }),
      h("time", { datetime: row.posted_day, class: "muted" }, dayName(row.posted_day))),
    h("p", { class: "posting-facts" },
      row.company ? companyLink(row.company) : h("strong", {}, "Company not named"),
      ...facts.map((fact) => h("span", {}, fact))),
    h("p", { class: "posting-skills" },
      h("span", { class: "strong" }, `${count(row.has.length)} of ${count(row.skills.length)}${SHORT[row.fit] ? `, ${SHORT[row.fit]}` : ""}`),
      ...row.has.slice(0, PAGE).map((name) => h("span", { class: "tag" }, name)),
      ...shown.map((name) => h("span", { class: "tag missing" }, h("span", { class: "visually-hidden" }, "missing: "), name)),
      row.missing.length > shown.length ? h("span", { class: "muted" }, `+${count(row.missing.length - shown.length)} missing`) : null,
      h("span", { class: "via muted" }, "via ", sourceLink(row, row.attribution.name))));
}
