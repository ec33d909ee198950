// A report of a wrong reading: text to copy, and the repository's issue form with it filled in.

import { clipboard } from "./clipboard.js";
import { byId, h, outsideLink } from "./dom.js";
import { FIELDS, valueOf } from "./posting_answers.js";

// What the form `.github/ISSUE_TEMPLATE/wrong-reading.yml` calls the fields.
const OPTIONS = {
  skills: "skills", roles: "roles", levels: "levels", remote: "remote", places: "places", country: "country", company: "company",
  salary: "pay", visa: "visa", title: "title", is_job: "is a job or not", duplicate: "duplicate",
};
const NAMES = { ...FIELDS, duplicate: "The same job elsewhere" };
const MOST_CHARS = 4000; // of what goes into an address: servers refuse those of some 8,000
const MOST_WORDS = 120;

export function showReport(page, card) {
  const field = byId("report-field");
  if (field.length === 1) field.append(...Object.keys(OPTIONS).map((name) => h("option", { value: name }, NAMES[name])));
  const text = h("textarea", { id: "report-text", rows: "9", spellcheck: "false" });
  const form = h("span");
  const write = () => {
    text.value = report(page, field.value);
    link();
  };
  const link = () => form.replaceChildren(issueLink(page, field.value, text.value));
  field.onchange = write;
  text.addEventListener("input", link);
  write();
  card.say("Say what is right, then send it");
  card.body.replaceChildren(h("label", { for: "report-text", class: "caption" }, "Report"), text,
    h("p", { class: "buttons" }, h("button", { type: "button", class: "ghost", onclick: (event) => clipboard(event.currentTarget, "Report", text.value) }, "Copy the report"), form));
}

function report(page, field) {
  const answers = page.evidence.filter((one) => (field ? one.field === field : one.field in FIELDS));
  const lines = answers.map((one) => `- ${one.field}: ${valueOf(one)}, from “${one.words.slice(0, MOST_WORDS)}”${one.rule ? ` (${one.rule})` : ""}`);
  const same = field === "duplicate" ? page.same_job.map((one) => `- ${one.is_counted ? "counts" : "repeats it"}: ${one.id}`) : [];
  const read = [...lines, ...same].join("\n").slice(0, MOST_CHARS) || "- nothing";
  return `Posting: ${page.posting.id}\nLink: ${page.posting.url}\nVersion: ${page.classifier_version}\n\nRead:\n${read}\n\nRight would be: `;
}

function issueLink({ posting, classifier_version: version }, field, words) {
  const { repository } = byId("main").dataset;
  if (!repository) return "";
  const filled = new URLSearchParams({ template: "wrong-reading.yml", title: `Wrong reading of ${posting.id.slice(0, 8)}`,
    posting: posting.id, link: posting.url, version, words: words.slice(0, MOST_CHARS) });
  if (field) filled.set("field", OPTIONS[field]);
  return outsideLink(`${repository}/issues/new?${filled}`, "Open the issue form ↗", { class: "ghost button" });
}
