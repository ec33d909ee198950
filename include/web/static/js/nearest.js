// The filter nearest to the present one that has enough: one restriction less, or a longer window.

import { h } from "./dom.js";
import { plural } from "./format.js";
import { hasMonths } from "./site.js";
import { FILTER, offers, refilter, state } from "./state.js";
import { nameOf, valueOf } from "./names.js";

const ALL_DAYS = 36_500;

/** Return a button that applies it, or null where the page has no such filter. */
export function nearestButton({ drop, filter, counted }) {
  const values = changed(drop, filter);
  if (!("months" in values ? hasMonths(values.months) : offers(values))) return null;
  return h("button", { type: "button", class: "ghost", onclick: () => refilter(values) },
    `${words(drop, values)}: ${plural(counted.postings, "posting")} of ${plural(counted.companies, "company", "companies")}`);
}

const changed = (drop, filter) => Object.assign({}, ...drop.split(",").map((name) => changedOne(name, filter)));

function changedOne(drop, filter) {
  if (drop === "days") return { days: String(filter.days) };
  // A longer time: the filter's own months, or those of the charts over time.
  if (drop === "start_date") return state.start_date ? { start_date: filter.start_date ?? "" } : { months: "0" };
  return { [drop]: drop === "state" ? FILTER.state : "" };
}

const words = (drop, values) => drop.split(",").map((name) => wordsOf(name, values)).join(", ");

function wordsOf(drop, values) {
  if (drop === "days") return Number(values.days) >= ALL_DAYS ? "Over all of time" : `In the last ${values.days} days`;
  if (drop === "start_date") return "months" in values ? "Over all months" : `From ${values.start_date}`;
  return `Without ${nameOf(drop)} ${valueOf(drop)}`;
}
