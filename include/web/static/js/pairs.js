// Skills that are asked for together more often than by chance.

import { ask } from "./api.js";
import { barsHead } from "./bars.js";
import { Card, enough } from "./card.js";
import { byId, h } from "./dom.js";
import { count, plural } from "./format.js";
import { change, question, state } from "./state.js";

const SHOWN = 10;
const Q_LIMIT = 0.1;
const card = new Card("pairs");

/** Fill the choice of a skill. */
export function startPairs(technologies) {
  const select = byId("pairs-technology");
  select.append(...technologies.map((one) => h("option", { value: one.technology_id }, one.name)));
  select.value = state.with;
  select.addEventListener("change", () => { change({ with: select.value }); loadPairs(); });
}

export const loadPairs = () => card.fill(() => ask("pairs", "pairs", question({ technology: state.with, top: SHOWN })), show);

function show({ data: ranked, meta }) {
  if (card.lacks(meta)) return;
  const data = ranked.filter((row) => row.q <= Q_LIMIT && row.lift_low > 1);
  if (!data.length) return card.empty("No pair beyond chance", "No two skills are asked for together more often than chance would bring.", meta.nearest);
  const most = Math.max(...data.map((row) => row.companies_count));
  const columns = ["skill", "with", "companies", "postings", "lift", "lift at least (95 %)", "G2", "q"];
  const rows = data.map((row) => [row.name_a, row.name_b, row.companies_count, row.postings_count, row.lift, row.lift_low, row.g2, row.q]);
  card.show({ columns, rows }, { isGrey: enough(meta) === "grey" }, h("div", { class: "bars pairs" }, barsHead(["", "", "companies", "lift, at least"]), h("ol", {}, data.map((row) => h("li", {},
    h("span", { class: "name" }, `${row.name_a} + ${row.name_b}`),
    h("span", { class: "track", "aria-hidden": "true" }, h("i", { class: "fill second", style: { width: `${(100 * row.companies_count) / most}%` } })),
    h("span", { class: "number strong", title: plural(row.companies_count, "company", "companies") }, count(row.companies_count)),
    h("span", { class: "number muted range" }, row.lift_low === null ? "" : `${row.lift_low.toFixed(1)}×`))))),
  h("p", { class: "note" }, "Lift: how many times more often than if the two were independent."));
}
