// What the postings of a company say, counted, where they are too few for shares and medians.

import { Card } from "./card.js";
import { byId, h } from "./dom.js";
import { count, countryName, label, money, plural } from "./format.js";

const card = new Card("few");
const KINDS = [
  ["skills", "Skills", (value) => value], ["roles", "Roles", label], ["levels", "Levels", label],
  ["ways", "Ways of working", label], ["countries", "Countries", countryName],
];

/** Show the counts once the promise `answer` of /company is there; hide the card where there are enough. */
export const loadFew = (answer) => card.fill(() => answer, show);

function show({ meta }) {
  const { few, counted } = meta;
  byId("few-card").hidden = !few;
  if (!few) return;
  card.say(counted.line);
  if (!counted.postings) return card.empty("No posting in this time", "Choose a longer one.");
  const groups = [...KINDS.map(([key, title, name]) => [title, few[key].map((one) => [name(one.value), one.postings])]), ["Yearly pay", few.pay.map((one) => [range(one), one.postings])]];
  card.show({ columns: ["what", "value", "postings"], rows: groups.flatMap(([title, rows]) => rows.map((row) => [title, ...row])) }, {},
    h("p", { class: "few" }, `${plural(counted.postings, "posting")}: too few for shares, medians and intervals, which need at least 10. How many say what:`),
    h("dl", { class: "facts" }, groups.map(([title, rows]) => h("div", {}, h("dt", {}, title),
      rows.length ? rows.map(([value, n]) => h("dd", {}, value, h("span", { class: "number muted" }, ` ${count(n)}`))) : h("dd", { class: "muted" }, "none stated")))));
}

const range = ({ low, high, currency }) => [...new Set([low, high])].map((value) => money(value, currency)).join(" – ");
