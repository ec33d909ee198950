// Assembles the page: the filters, the address, and the request of each card.

import { adoptLinks, byId, h } from "./dom.js";
import { facts, whenKnown } from "./facts.js";
import { freshnessPill, loadFreshness } from "./freshness.js";
import { loadMarket, loadPairs, offerPairs, redrawMarket } from "./market.js";
import { loadMovers } from "./movers.js";
import { loadPostings, offerPostings } from "./postings.js";
import { loadSkills } from "./skills.js";
import { change, DEFAULTS, readState, state } from "./state.js";
import { follow, loadTrends, offerTrends, redrawTrends, startTrends } from "./trends.js";

const FIELDS = ["location", "role", "level", "source", "days"];
const TYPING_PAUSE_MS = 350;
const PLACES = ["Remote", "US", "United Kingdom", "Germany", "San Francisco", "New York", "London", "Berlin"];

function showFilters() {
  for (const name of FIELDS) {
    const field = byId(name);
    field.value = state[name];
    if (field.tagName === "SELECT" && field.selectedIndex < 0) {
      field.append(h("option", { value: state[name] }, name === "days" ? `Last ${state[name]} days` : state[name]));
      field.value = state[name];
    }
  }
}

function askAgain() {
  loadSkills(follow);
  loadPostings();
}

function startFilters() {
  const form = byId("filters");
  let pause = 0;
  const take = () => {
    clearTimeout(pause);
    change(Object.fromEntries(FIELDS.map((name) => [name, byId(name).value.trim()])));
    askAgain();
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); take(); });
  form.addEventListener("change", take);
  byId("location").addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(take, TYPING_PAUSE_MS); });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    change(Object.fromEntries(FIELDS.map((name) => [name, DEFAULTS[name]])));
    showFilters();
    askAgain();
  });
}

function fillChoices(summary) {
  byId("source").replaceChildren(h("option", { value: "any" }, "All sources"),
    ...summary.sources.map((source) => h("option", { value: source.source }, source.attribution.name)));
  byId("places").replaceChildren(...PLACES.map((value) => h("option", { value })));
}

function start() {
  readState();
  showFilters();
  startFilters();
  adoptLinks(document);
  document.addEventListener("themechange", () => { redrawMarket(); redrawTrends(); });
  whenKnown(({ summary, technologies }) => {
    fillChoices(summary);
    showFilters();
    freshnessPill(summary);
    offerPairs(technologies);
    offerPostings(technologies);
    offerTrends(technologies);
  });
  facts().catch(welcome);
  startTrends();
  askAgain();
  loadTrends();
  loadMovers(follow);
  loadMarket();
  loadPairs();
  loadFreshness();
}

// Before the first publish, show one message instead of one in each card.
function welcome(error) {
  if (error.status !== 503) return; // each card shows its own error
  document.body.classList.add("without-data");
  byId("main").prepend(h("section", { class: "card full welcome", role: "alert" },
    h("h2", {}, "There is no data yet"),
    h("p", {}, "Run the DAG hacker_news or job_boards. The DAG analytics then starts by itself and publishes the data for this page."),
    h("button", { type: "button", class: "ghost", onclick: () => location.reload() }, "Reload")));
}

start();
