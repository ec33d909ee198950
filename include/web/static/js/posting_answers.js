// What was read, as chips; pointing at one or focusing it marks its words in the text.

import { byId, h } from "./dom.js";
import { countryName, label, pay, plural } from "./format.js";

/** The fields in the order shown; the buckets of contract 1.0.0 are made of roles and levels. */
export const FIELDS = {
  is_job: "Job advertisement", company: "Company", title: "Titles", family: "Family", roles: "Roles", levels: "Levels",
  remote: "Way of working", places: "Places", country: "Country", salary: "Pay", visa: "Visa", skills: "Skills",
};
const RULES = { witness: "sure by what is beside it" };
const RELATIONS = { hire_from: (name) => `apply from ${name}`, excluded: (name) => `not ${name}` };

/** Return an answer's value in words. */
export function valueOf({ field, value }) {
  if (field === "is_job") return value ? "yes" : "no";
  if (field === "places") return RELATIONS[value.relation]?.(value.name) ?? value.name;
  if (field === "country") return countryName(value);
  if (field === "salary") return pay({ salary_min: value.min, salary_max: value.max, salary_currency: value.currency, salary_period: value.period });
  return label(String(value));
}

export function showAnswers(page, card) {
  const answers = page.evidence.map((answer, number) => ({ ...answer, number })).filter(({ field }) => field in FIELDS);
  const stated = statedFields(page);
  card.say(plural(answers.length, "answer"));
  if (!answers.length && !stated.length) return card.empty("Nothing was read", "The text names nothing that the reader looks for.");
  const groups = Object.keys(FIELDS).map((field) => [field, answers.filter((one) => one.field === field), stated.filter((one) => one.field === field)]);
  const rows = [...answers.map((one) => [FIELDS[one.field], valueOf(one), one.words, one.rule ?? ""]),
    ...stated.map((one) => [FIELDS[one.field], one.value, "", "stated by the record"])];
  card.show({ columns: ["field", "value", "words", "rule"], rows }, {},
    h("p", { class: "help muted" }, "Point at an answer, or focus it: its words are marked in the text."),
    h("dl", { class: "answers" }, groups.filter(([, read, said]) => read.length || said.length).map(([field, read, said]) => h("div", {},
      h("dt", {}, FIELDS[field]),
      h("dd", {}, said.map(({ value }) => h("span", { class: "tag" }, value, h("span", { class: "muted" }, " stated"))), read.map(chip))))),
    differing(page));
}

/** Return what the record of a board states of the posting, where nothing read says the same. */
function statedFields({ posting, title, evidence }) {
  if (title === null) return []; // a comment states nothing
  const read = new Set(evidence.map((one) => `${one.field} ${valueOf(one)}`));
  const all = { company: posting.company, title: posting.title, places: posting.location,
    remote: posting.remote === "unspecified" ? "" : label(posting.remote), salary: pay(posting) };
  return Object.entries(all).filter(([field, value]) => value && !read.has(`${field} ${value}`)).map(([field, value]) => ({ field, value }));
}

function chip(answer) {
  const value = valueOf(answer);
  const words = answer.words.replace(/[\s|,;:–-]+$/, "");
  const why = [words === value ? "" : `“${shortened(words)}”`, answer.rule ? RULES[answer.rule] ?? answer.rule.replaceAll("_", " ") : ""].filter(Boolean).join(", ");
  const button = h("button", { type: "button", class: "answer" }, value,
    why ? h("span", { class: "muted" }, " ", h("span", { class: "visually-hidden" }, "from "), why) : null);
  button.addEventListener("pointerenter", () => mark(answer));
  button.addEventListener("pointerleave", () => mark(focused));
  button.addEventListener("focus", () => mark(focused = answer));
  button.addEventListener("blur", () => mark(focused = null));
  button.addEventListener("click", () => follow(answer, button));
  return button;
}

let focused = null; // the answer that has the focus: its words stay marked

const shortened = (text) => (text.length > 42 ? `${text.slice(0, 40)}…` : text);

/** Mark the words of an answer, and no others; return the elements that have them. */
function mark(answer) {
  const marked = [];
  for (const words of document.querySelectorAll("#text mark")) {
    const isOn = answer !== null && words.dataset.answers.split(" ").includes(String(answer.number));
    words.classList.toggle("on", isOn);
    if (isOn) marked.push(words);
  }
  byId("posting-title").classList.toggle("on", answer?.part === "title");
  return marked;
}

/** Go to the words of an answer; Escape leads back to it. */
function follow(answer, button) {
  const [first] = mark(answer);
  const said = answer.part === "title" ? "The title says so." : first ? "" : "The text as a whole says so.";
  byId("announce").textContent = said;
  if (!first) return;
  first.scrollIntoView({ block: "center" });
  first.focus({ preventScroll: true });
  mark(answer); // again: the button has lost the focus, and with it the marks
  first.addEventListener("keydown", (event) => {
    if (event.key === "Escape") button.focus();
  });
  first.addEventListener("blur", () => mark(null), { once: true });
}

/** Say how the published skills, read by an older version, differ. */
function differing({ posting, evidence, classifier_version: version }) {
  const now = new Set(evidence.filter(({ field }) => field === "skills").map(({ value }) => value));
  const [more, less] = [posting.skills.filter((name) => !now.has(name)), [...now].filter((name) => !posting.skills.includes(name))];
  const said = [more.length ? `have ${more.slice(0, 5).join(", ")}` : "", less.length ? `lack ${less.slice(0, 5).join(", ")}` : ""].filter(Boolean);
  return said.length ? h("p", { class: "note" }, `Read by the code that runs now. The published answers, of version ${version.slice(0, 12)}, ${said.join(" and ")}.`) : "";
}
