// Pay of groups: the middle half as a bar, the median with its interval on it.

import { barsHead } from "./bars.js";
import { h } from "./dom.js";
import { count, countryName, label, money, plural } from "./format.js";
import { idName } from "./names.js";

const SHOWN = 14;

export function ranges(rows, currency) {
  const shown = rows.slice(0, SHOWN).sort((a, b) => b.pooled_median - a.pooled_median);
  const ends = shown.flatMap((row) => [row.p25, row.p75, row.low ?? row.pooled_median, row.high ?? row.pooled_median]);
  const first = Math.min(...ends);
  const at = (value) => (100 * (value - first)) / Math.max(Math.max(...ends) - first, 1);
  const between = (low, high) => ({ left: `${at(low)}%`, width: `${at(high) - at(low)}%` });
  return h("div", { class: "bars ranges" }, barsHead(["", "", "median", "95 % interval", "jobs"]), h("ol", {}, shown.map((row) => h("li", { class: row.enough === "grey" ? "grey" : null },
    h("span", { class: "name" }, groupName(row)),
    h("span", { class: "track", "aria-hidden": "true" },
      h("i", { class: "half", style: between(row.p25, row.p75) }),
      row.low === null ? null : h("i", { class: "whisker", style: between(row.low, row.high) }),
      h("i", { class: "dot", style: { left: `${at(row.pooled_median)}%` } })),
    h("span", { class: "number strong" }, short(row.pooled_median, currency)),
    h("span", { class: "number muted range" }, row.low === null ? "" : `${short(row.low, currency)} to ${short(row.high, currency)}`),
    h("span", { class: "number muted count", title: `${plural(row.n, "job")} of ${plural(row.companies_count, "company", "companies")}` }, count(row.n))))));
}

// Whole thousands: the interval is wider than that.
const short = (value, currency) => `${money(Math.round(value / 1000), currency)}k`;

const named = (value, dimension) => (dimension === "country" ? countryName(value) : label(value));

function groupName(row) {
  if (row.technology_id) return idName("technologies", row.technology_id);
  return ["role", "level", "country"].filter((dimension) => row[dimension])
    .map((dimension) => named(row[dimension], dimension)).join(", ") || "All jobs";
}
