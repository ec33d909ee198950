// The filter in words: what each restriction is called, and its values.

import { listed, state } from "./state.js";
import { label } from "./format.js";

const NAMES = {
  location: "place", apply_from: "apply from", unstated: "remote without a region", remote: "way of working",
  roles: "role", levels: "level", families: "family", sources: "source", company: "company",
  technologies: "technology", q: "search", days: "window", start_date: "from", end_date: "to",
  state: "jobs", seniors: "senior jobs", repeats: "repeated postings",
};
const VALUES = {
  unstated: { exclude: "left out" }, state: { open: "still open" },
  seniors: { exclude: "left out" }, repeats: { include: "counted" },
};
const LISTS = ["remote", "roles", "levels", "families", "sources", "technologies"];
const known = new Map(); // names of sources and technologies by id

/** Have ids shown as names. */
export function learn(facet, names) {
  for (const [id, name] of names) known.set(`${facet} ${id}`, name);
}

export const nameOf = (name) => NAMES[name] ?? name;
export const idName = (facet, id) => known.get(`${facet} ${id}`) ?? label(id);

/** Return a restriction's value as text. */
export function valueOf(name, value = state[name]) {
  if (VALUES[name]) return VALUES[name][value] ?? value;
  if (name === "families" && !value) return "all";
  if (LISTS.includes(name)) return listed(value).map((id) => idName(name, id)).join(", ");
  return value;
}
