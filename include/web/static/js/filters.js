// The filter bar: fields to state and back, the chips of what is active, and what it amounts to.

import { byId, h } from "./dom.js";
import { showMulti, startMulti } from "./multi.js";
import { idName, nameOf, valueOf } from "./names.js";
import { isSearch, startSearch } from "./search.js";
import { chosenQuery, site } from "./site.js";
import { change, FILTER, isFiltered, listed, state } from "./state.js";

const TYPING_PAUSE_MS = 400;
const ALWAYS_SHOWN = ["q", "location", "days", "remote", "roles", "levels", "families"];
const CHOICES = {
  remote: ["remote", "mixed", "hybrid", "onsite", "unspecified"],
  roles: ["backend", "frontend", "fullstack", "software", "mobile", "devops", "security", "embedded", "qa", "ml", "data",
    "research", "design", "product", "management", "sales", "other", "unspecified"],
  levels: ["intern", "entry", "mid", "senior", "staff", "manager", "unspecified"],
  families: ["engineering", "data", "design", "product", "management", "go-to-market", "operations", "other"],
};
const form = byId("filters");

/** Mark the filter that is shown among those that a site has. */
export function markChoice() {
  for (const link of form.querySelectorAll(".choices-written a")) {
    if (link.search === chosenQuery()) link.setAttribute("aria-current", "page");
  }
}

/** Start the bar; `ask` is called after each change of the filter. */
export function startFilters(ask) {
  let pause = 0;
  const take = async () => {
    clearTimeout(pause);
    // A search that is half typed is none yet: until it is one, the cards show the one before.
    const { q } = read();
    if (!(await isSearch(q, q !== state.q))) return;
    const values = read();
    if (values.q !== q) return; // typed on meanwhile
    // A text field reports what was typed when one leaves it, too.
    if (Object.entries(values).every(([name, value]) => value === state[name])) return;
    change(values);
    showFilters();
    ask();
  };
  for (const [name, values] of Object.entries(CHOICES)) offer(name, values);
  for (const details of form.querySelectorAll(".multi")) startMulti(details);
  startSearch();
  form.addEventListener("submit", (event) => { event.preventDefault(); take(); });
  form.addEventListener("change", (event) => (event.target.name ? take() : null));
  form.addEventListener("input", (event) => {
    if (event.target.type !== "search") return;
    clearTimeout(pause);
    pause = setTimeout(take, TYPING_PAUSE_MS);
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    change(FILTER);
    showFilters();
    ask();
  });
  document.addEventListener("filterchange", () => { showFilters(); ask(); });
  for (const [button, panel] of [["open-filters", "all-filters"], ["open-more", "more-filters"]]) {
    byId(button).addEventListener("click", () => open(byId(button), byId(panel)));
  }
}

function open(button, panel, wanted = button.getAttribute("aria-expanded") !== "true") {
  button.setAttribute("aria-expanded", String(wanted));
  panel.classList.toggle("is-open", wanted);
  if (panel.id === "more-filters") panel.hidden = !wanted;
}

/** Offer values to choose from in a field of many values. */
export function offer(name, values, facet = name) {
  const list = form.querySelector(`.multi[data-name="${name}"] .choices`);
  const chosen = listed(state[name]);
  list.replaceChildren(...[...new Set([...values, ...chosen])].map((value) => h("label", {},
    h("input", { type: "checkbox", name, value, checked: chosen.includes(value) }), h("span", {}, idName(facet, value)))));
  showMulti(list.closest(".multi"));
}

function read() {
  const data = new FormData(form);
  const values = Object.fromEntries(Object.keys(FILTER).map((name) => [name, data.getAll(name).map((value) => value.trim()).join(",")]));
  values.technologies = state.technologies; // not a field: it is added to, name by name
  // One window: months when they are asked for, else days.
  return values.days ? { ...values, start_date: "", end_date: "" } : values;
}

export function showFilters() {
  for (const field of form.elements) {
    if (!(field.name in FILTER)) continue;
    if (field.type === "checkbox") field.checked = listed(state[field.name]).includes(field.value);
    else if (field !== document.activeElement) field.value = state[field.name];
    if (field.tagName === "SELECT" && field.selectedIndex < 0) {
      field.append(h("option", { value: state[field.name] }, `${state[field.name]} days`));
      field.value = state[field.name];
    }
  }
  for (const details of form.querySelectorAll(".multi")) showMulti(details);
  for (const field of form.querySelectorAll(".months")) field.hidden = Boolean(state.days);
  showActive();
}

function showActive() {
  const names = Object.keys(FILTER).filter(isFiltered).filter((name) => name !== "days");
  byId("active").replaceChildren(...names.map(chip));
  byId("active").hidden = !names.length || Boolean(site);
  byId("reset").disabled = !Object.keys(FILTER).some(isFiltered);
  const hidden = names.filter((name) => !ALWAYS_SHOWN.includes(name)).length;
  byId("open-more").textContent = hidden ? `More filters (${hidden})` : "More filters";
  byId("open-filters").textContent = names.length ? `Filters (${names.length})` : "Filters";
  if (!state.days) open(byId("open-more"), byId("more-filters"), true);
}

function chip(name) {
  const text = `${nameOf(name)}: ${valueOf(name)}`;
  return h("li", { class: "chip" }, h("span", {}, h("b", {}, `${nameOf(name)} `), valueOf(name)),
    h("button", { type: "button", "aria-label": `Remove ${text}`, onclick: () => drop(name) }, "×"));
}

function drop(name) {
  change({ [name]: FILTER[name] });
  document.dispatchEvent(new CustomEvent("filterchange"));
  (byId("active").querySelector("button") ?? byId("location")).focus();
}

/** Say below the fields what the filter amounts to. */
export function showPopulation(counted) {
  byId("population").textContent = counted.line;
}
