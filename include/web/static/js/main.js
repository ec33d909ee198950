// Puts the page together: the filters, the address, and what each card asks.

import { ask } from "./api.js";
import { adoptLinks, byId, h } from "./dom.js";
import { freshnessPill, loadFreshness } from "./freshness.js";
import { loadMarket, redrawMarket, startPairs } from "./market.js";
import { loadMovers } from "./movers.js";
import { loadPostings, startPostings } from "./postings.js";
import { loadSkills } from "./skills.js";
import { change, DEFAULTS, readState, state } from "./state.js";
import { follow, loadTrends, redrawTrends, startTrends } from "./trends.js";

const FIELDS = ["location", "role", "level", "source", "days"];
const TYPING_PAUSE_MS = 350;
const PLACES = ["Remote", "US", "United Kingdom", "Germany", "San Francisco", "New York", "London", "Berlin"];
let summary = null;
let failure = null;

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
  loadSkills(summary, follow);
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

function fillChoices() {
  byId("source").append(...summary.sources.map((source) => h("option", { value: source.source }, source.attribution.name)));
  byId("places").replaceChildren(...PLACES.map((value) => h("option", { value })));
}

async function start() {
  readState();
  startFilters();
  adoptLinks(document);
  document.addEventListener("themechange", () => { redrawMarket(); redrawTrends(); });
  loadMarket();
  loadMovers(follow);
  let technologies = [];
  try {
    const [found, taxonomy] = await Promise.all([ask("summary", "summary"), ask("technologies", "technologies")]);
    summary = found;
    technologies = taxonomy.data;
    fillChoices();
    freshnessPill(summary);
  } catch (error) {
    failure = error; // each card says by itself what could not be loaded
  }
  showFilters();
  startPostings(technologies);
  startTrends(technologies, summary?.last_month ? { first: summary.first_month, last: summary.last_month } : null);
  startPairs(technologies);
  askAgain();
  loadTrends();
  loadFreshness(() => { if (failure) throw failure; return summary; });
}

start();
