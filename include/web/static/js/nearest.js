// The filter nearest to the present one that has enough: one restriction less, or a longer window.

import { h } from "./dom.js";
import { plural } from "./format.js";
import { change, FILTER, state } from "./state.js";
import { nameOf, valueOf } from "./names.js";

/** Return a button that applies it. */
export function nearestButton({ drop, filter, counted }) {
  const asked = Object.fromEntries(Object.keys(FILTER).filter((name) => name in filter).map((name) => [name, String(filter[name] ?? "")]));
  const values = { ...(drop in FILTER ? { [drop]: "" } : {}), ...asked };
  return h("button", { type: "button", class: "ghost", onclick: () => apply(values) },
    `${words(drop, values)}: ${plural(counted.postings, "posting")} of ${plural(counted.companies, "company", "companies")}`);
}

function apply(values) {
  change(values);
  document.dispatchEvent(new CustomEvent("filterchange"));
}

function words(drop, values) {
  if (values.days && values.days !== state.days) return `In the last ${values.days} days`;
  return `Without ${nameOf(drop)} ${valueOf(drop, state[drop] ?? "")}`.trim();
}
