// Assembles the page: the filter, the address, and the request of each card.

import { loadCompanies, redrawCompanies, startCompanies } from "./companies.js";
import { adoptLinks, byId, h } from "./dom.js";
import { facts, whenKnown } from "./facts.js";
import { markChoice, offer, showFilters, showPopulation, startFilters } from "./filters.js";
import { nameSources } from "./footer.js";
import { pointedAt } from "./fragment.js";
import { freshnessPill, loadFreshness } from "./freshness.js";
import { loadMatch, showSkills, startMatch } from "./match.js";
import { MixCard } from "./mix.js";
import { loadMovers, startMovers } from "./movers.js";
import { learn } from "./names.js";
import { loadOpen, redrawOpen } from "./open.js";
import { loadPairs, startPairs } from "./pairs.js";
import { loadPay, redrawPay, startPay } from "./pay.js";
import { loadPlaces, startPlaces } from "./places.js";
import { loadPostings, startPostings } from "./postings.js";
import { sayProblem } from "./search.js";
import { segments } from "./segments.js";
import { hasTechnology, site } from "./site.js";
import { insights, loadSkills } from "./skills.js";
import { readState } from "./state.js";
import { startSuggestions } from "./suggest.js";
import { startTechnologies } from "./technologies.js";
import { askPay, countTiles, remoteTile } from "./tiles.js";
import { follow, loadTrends, offerTrends, redrawTrends, startTrends } from "./trends.js";
import { loadVolume, redrawVolume } from "./volume.js";

readState();
const mixes = [
  new MixCard("ways", "way", "ways", remoteTile),
  new MixCard("roles", "roles", "roles_view"),
  new MixCard("levels", "levels", "levels_view"),
];

/** Request the answer that the tiles, the filter bar and the card of skills share. */
function askInsights() {
  const answer = insights();
  answer.then((found) => {
    if (!found) return;
    showPopulation(found.counted);
    countTiles(found);
  }).catch((error) => {
    byId("population").replaceChildren(); // the skills card shows the error
    sayProblem(error);
  });
  return answer;
}

/** Request what the window of the filter counts. */
function askWindow() {
  askPay();
  return [loadSkills(follow, askInsights), loadMovers(follow), loadPairs(), loadPlaces(), loadCompanies(), loadOpen(), loadPostings(), loadMatch(), loadPay()];
}

const askMonths = () => [loadTrends(), loadVolume(), ...mixes.map((mix) => mix.load())];
const askAll = () => Promise.allSettled([...askWindow(), ...askMonths()]);

function redrawCharts() {
  for (const redraw of [redrawTrends, redrawVolume, redrawPay, redrawCompanies, redrawOpen]) redraw();
  for (const mix of mixes) mix.redraw();
}

function learnFacts({ summary, technologies }) {
  learn("sources", summary.sources.map((source) => [source.source, source.attribution.name]));
  learn("technologies", technologies.map((one) => [one.technology_id, one.name]));
  const shown = technologies.filter((one) => hasTechnology(one.technology_id));
  byId("technology-names").replaceChildren(...shown.map((one) => h("option", { value: one.name })));
  offer("sources", summary.sources.map((source) => source.source));
  offerTrends(shown);
  startPairs(shown);
  showSkills();
  showFilters();
  freshnessPill(summary);
  nameSources(summary);
}

function start() {
  startFilters(askAll);
  if (site) markChoice();
  showFilters();
  startTechnologies();
  startSuggestions();
  startMovers(follow);
  startPay();
  startCompanies();
  startPlaces();
  startMatch();
  startPostings();
  startTrends();
  segments("span", "months", () => { askMonths(); loadPay(); });
  adoptLinks(document);
  document.addEventListener("themechange", redrawCharts);
  whenKnown(learnFacts);
  facts().catch(welcome);
  loadFreshness();
  askAll().then(showTarget);
}

// The cards above have grown since the browser went to the address's card.
function showTarget() {
  byId(pointedAt())?.scrollIntoView();
}

// Before the first publish, show one message instead of one in each card.
function welcome(error) {
  if (error.status !== 503) return; // each card shows its own error
  document.body.classList.add("without-data");
  byId("main").prepend(h("section", { class: "card welcome", role: "alert" },
    h("h2", {}, "There is no data yet"),
    h("p", {}, "Run the DAG hacker_news or job_boards. The DAG analytics then starts by itself and publishes the data for this page."),
    h("button", { type: "button", class: "ghost", onclick: () => location.reload() }, "Reload")));
}

start();
