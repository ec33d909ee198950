// Places by the tree: the children of a place as ranked bars, with the way up.

import { ask } from "./api.js";
import { bars } from "./bars.js";
import { Card, enough } from "./card.js";
import { byId, h } from "./dom.js";
import { count, plural } from "./format.js";
import { segments } from "./segments.js";
import { hasPlace } from "./site.js";
import { change, offers, question, refilter, state } from "./state.js";

const WORLD = "world";
const MOST = 100;
let mark = () => {};
const card = new Card("places");

const COUNTRY = "country"; // else the parts directly in the place: regions, states, cities

/** Start the choice between countries and regions. */
export function startPlaces() {
  mark = segments("places-by", "places", loadPlaces);
}

export const loadPlaces = () => card.fill(() => ask("places", "places",
  question({ within: state.within, kind: state.places === COUNTRY ? COUNTRY : null, top: MOST })), show);

function go({ place_id: id, kind }) {
  change({ within: id === WORLD ? "" : id, places: kind === "region" ? COUNTRY : "parts" });
  mark();
  loadPlaces();
}

const filterBy = (name) => refilter({ location: name });

function show({ data, meta }) {
  showPath(meta.path);
  if (card.lacks(meta)) return;
  if (!data.length) return card.empty("No place below this one", "None of the matching jobs names one.");
  const of = meta.share_of;
  const columns = ["place", "kind", "jobs", "postings", "companies", `share of ${of}`, "low (95 %)", "high (95 %)"];
  const rows = data.map((row) => [row.name, row.kind, row.jobs, row.postings, row.companies, row.share, row.low, row.high]);
  card.show({ columns, rows }, { isGrey: enough(meta) === "grey" },
    bars(data.map((row) => ({
      ...row, note: count(row[of]), ...actOf(row),
    })), { share: `of ${of}`, note: of }),
    meta.unstated && !state.within ? h("p", { class: "note" }, `${plural(meta.unstated, "job")} name no place.`) : "");
}

function actOf(row) {
  if (row.kind !== "city") return hasPlace(row.place_id) ? { title: `Show places in ${row.name}`, act: () => go(row) } : {};
  return offers({ location: row.name }) ? { title: `Filter by ${row.name}`, act: () => filterBy(row.name) } : {};
}

function showPath(path) {
  const here = path.at(-1);
  byId("places-by").hidden = here.kind !== "region";
  byId("places-path").replaceChildren(
    h("ol", {}, path.map((step) => h("li", {}, step === here || !hasPlace(step.place_id)
      ? h("span", { "aria-current": step === here ? "location" : null }, step.name)
      : h("button", { type: "button", onclick: () => go(step) }, step.name)))),
    here.place_id === WORLD || !offers({ location: here.name }) ? "" : h("button", { type: "button", class: "ghost small", onclick: () => filterBy(here.name) }, `Filter by ${here.name}`));
}
