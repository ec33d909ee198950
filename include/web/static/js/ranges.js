// Pay of groups: the middle half as a bar, the median with its interval on it.

import { barsHead } from "./bars.js";
import { h } from "./dom.js";
import { count, countryName, label, money, plural } from "./format.js";

const SHOWN = 14;

export function ranges(rows, currency) {
  const shown = [...rows].sort((a, b) => b.median - a.median).slice(0, SHOWN);
  const first = Math.min(...shown.flatMap((row) => [row.p25 ?? row.median, row.low]));
  const last = Math.max(...shown.flatMap((row) => [row.p75 ?? row.median, row.high]));
  const at = (value) => (100 * (value - first)) / Math.max(last - first, 1);
  return h("div", { class: "bars ranges" }, barsHead(["", "", "median", "95 % interval", "postings"]), h("ol", {}, shown.map((row) => h("li", { class: row.enough === "grey" ? "grey" : null },
    h("span", { class: "name" }, groupName(row)),
    h("span", { class: "track", "aria-hidden": "true" },
      h("i", { class: "half", style: { left: `${at(row.p25)}%`, width: `${at(row.p75) - at(row.p25)}%` } }),
      h("i", { class: "whisker", style: { left: `${at(row.low)}%`, width: `${at(row.high) - at(row.low)}%` } }),
      h("i", { class: "dot", style: { left: `${at(row.median)}%` } })),
    h("span", { class: "number strong" }, money(row.median, currency)),
    h("span", { class: "number muted range" }, `${money(row.low, currency)} to ${money(row.high, currency)}`),
    h("span", { class: "number muted count", title: plural(row.n, "posting") }, count(row.n))))));
}

const named = (value, dimension) => (dimension === "country" ? countryName(value) : label(value));

function groupName(row) {
  return ["role", "level", "country"].filter((dimension) => row[dimension])
    .map((dimension) => named(row[dimension], dimension)).join(", ");
}
