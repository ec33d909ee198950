// The filter and the views of the page, kept in the address so that they can be bookmarked,
// shared, and restored. A filter's names are those of the API's parameters.

import { choose, chosenFilter, hasFilter, hasMonths, hasPlace, hasTechnology, site } from "./site.js";

export const FILTER = Object.freeze({
  location: "", apply_from: "", unstated: "include", remote: "", roles: "", levels: "",
  families: "engineering,data", sources: "", company: "", technologies: "", q: "",
  days: "90", start_date: "", end_date: "", state: "posted", seniors: "include", repeats: "exclude",
});
const VIEWS = Object.freeze({
  tech: "", months: "60", movers: "12", ways: "bars", roles_view: "bars", levels_view: "bars",
  pay: "month", currency: "USD", within: "", places: "country", companies: "jobs", companies_month: "", with: "any", order: "newest",
});
// Of the views that are sent to the API: an address with another value is shown as the default.
const KNOWN = {
  movers: /^(12|3)$/, pay: /^(all|month|role|level|country|role_level_country|technology)$/, companies: /^(jobs|newest|returning)$/,
  companies_month: /^\d{4}-(0[1-9]|1[0-2])$/, order: /^(newest|relevance)$/,
  within: /^[\w-]{0,64}$/, with: /^[\w.+#-]{1,64}$/,
};
// A page may have defaults of its own: a company's counts all of its jobs, over all of time.
const DEFAULTS = { ...FILTER, ...VIEWS, ...JSON.parse(document.body.dataset.defaults ?? "{}") };
const ALL = "all"; // in the address: a list that is emptied, where the default is not empty

export const state = { ...DEFAULTS };

// Addresses of version 1.0 of the page.
const FORMER = { role: "roles", level: "levels", source: "sources", naming: "technologies" };

export function readState() {
  const query = new URLSearchParams(location.search);
  for (const [former, name] of Object.entries(FORMER)) {
    const value = query.get(former);
    if (value && value !== "any" && !query.has(name)) query.set(name, value);
  }
  for (const name of Object.keys(DEFAULTS)) {
    const value = query.get(name);
    const isKnown = value !== null && (KNOWN[name]?.test(value) ?? true);
    state[name] = !isKnown ? DEFAULTS[name] : value === ALL ? "" : value;
  }
  if (site) keepToSite();
}

/** Return whether the page can show its filter with other values: a site has few filters. */
export const offers = (values) => hasFilter({ ...state, ...values }, FILTER);

function keepToSite() {
  if (!choose(state, FILTER)) Object.assign(state, FILTER, chosenFilter());
  if (!hasMonths(state.months)) state.months = VIEWS.months;
  if (state.with !== VIEWS.with && !hasTechnology(state.with)) state.with = VIEWS.with;
  if (!hasPlace(state.within || "world")) state.within = VIEWS.within;
}

export function change(values) {
  Object.assign(state, values);
  history.replaceState(history.state, "", location.pathname + search() + location.hash);
  tellAirflow(search());
  document.dispatchEvent(new CustomEvent("addresschange"));
}

/** Change the filter and have every card ask again; a company's page leaves for the dashboard. */
export function refilter(values) {
  if (isOfOneCompany()) return location.assign(dashboardAddress(values));
  change(values);
  document.dispatchEvent(new CustomEvent("filterchange"));
}

function search() {
  const query = new URLSearchParams(Object.entries(state)
    .filter(([name, value]) => value !== DEFAULTS[name])
    .map(([name, value]) => [name, value || ALL]));
  return query.size ? `?${query}` : "";
}

/** Return the dashboard's address with the filter of this page, and more of its state. */
export function dashboardAddress(more = {}, card = "") {
  const wanted = Object.entries({ ...state, ...more }).filter(([name, value]) => (name in FILTER || name in more) && value !== (FILTER[name] ?? VIEWS[name]));
  return `dashboard?${new URLSearchParams(wanted.map(([name, value]) => [name, value || ALL]))}${card ? `#${card}-card` : ""}`;
}

/** Return the address of a card of this page, as it is, for a person who is not in this frame. */
export const addressOf = (id) => `${location.href.split("#")[0]}#${id}-card`;

// In Airflow's iframe the address bar is Airflow's: /plugin/techpulse/<this page's own path>.
/** Return Airflow's window if it shows this page in its frame, else null. */
export function airflow() {
  try {
    const outer = window.parent;
    return outer !== window && outer.location.pathname.endsWith(location.pathname) ? outer : null;
  } catch {
    return null; // another site's frame: the address of this page is enough
  }
}

function tellAirflow(query) {
  const outer = airflow();
  outer?.history.replaceState(outer.history.state, "", outer.location.pathname + query + outer.location.hash);
}

/** Return whether this is a company's page. */
export const isOfOneCompany = () => "defaults" in document.body.dataset;

export const listed = (text) => text.split(",").filter(Boolean);
export const isFiltered = (name) => state[name] !== FILTER[name];

const ALL_DAYS = "36500"; // sent, since endpoints differ in their defaults

// What holds without being sent: see docs/api.md. All else is sent, the page's defaults, too.
const SILENT = { unstated: "include", state: "posted" };

function population() {
  const kept = Object.entries(state).filter(([name, value]) =>
    name in FILTER && value !== "" && value !== SILENT[name] && !["days", "start_date", "end_date"].includes(name));
  return Object.fromEntries(kept);
}

/** Return the parameters of a question about the filter's own window. */
export function question(more = {}) {
  const months = state.start_date || state.end_date;
  const window = months ? { start_date: state.start_date, end_date: state.end_date } : { days: state.days || ALL_DAYS };
  return { ...population(), ...window, ...more };
}

/** Return those of a question about months: the filter's if it names months, else those given. */
export function monthly([first, last], more = {}) {
  return { ...population(), start_date: state.start_date || first, end_date: state.end_date || last, ...more };
}
