// Chosen technologies as lines over the years.

import { ask } from "./api.js";
import { Card, enough } from "./card.js";
import { changeWords, inPoints, tone } from "./changes.js";
import { chartElement, draw, monthTicks, seriesColor } from "./charts.js";
import { byId, h } from "./dom.js";
import { facts } from "./facts.js";
import { count, interval, percent } from "./format.js";
import { lines } from "./lines.js";
import { span } from "./months.js";
import { change, listed, monthly, state } from "./state.js";

const MOST = 10;
const card = new Card("trends");
let taxonomy = [];
let shown = [];

/** Offer the technologies by name. */
export function offerTrends(technologies) {
  taxonomy = technologies;
}

export function startTrends() {
  byId("add-technology").addEventListener("submit", (event) => {
    event.preventDefault();
    if (add(byId("technology").value)) byId("technology").value = "";
  });
  byId("technology").addEventListener("change", (event) => {
    if (add(event.target.value)) event.target.value = "";
  });
}

/** Return the technology of a name, another spelling or an id. */
export function find(name) {
  const wanted = name.trim().toLowerCase();
  return taxonomy.find((one) =>
    [one.technology_id, one.name, ...one.aliases, ...one.spellings].some((known) => known.toLowerCase() === wanted));
}

function add(name) {
  const found = find(name);
  if (!found) return false;
  change({ tech: [...new Set([...shownIds(), found.technology_id])].slice(-MOST).join(",") });
  loadTrends();
  byId("announce").textContent = `${found.name} is shown in the trends`;
  return true;
}

export function follow(name) {
  if (!add(name)) return;
  byId("trends-card").scrollIntoView({ block: "start" });
  byId("trends-title").focus({ preventScroll: true });
}

export const redrawTrends = () => card.redraw();
const shownIds = () => (listed(state.tech).length ? listed(state.tech) : shown);

function remove(id) {
  change({ tech: shownIds().filter((one) => one !== id).join(",") });
  loadTrends();
}

export const loadTrends = () => card.fill(gather, show);

async function gather() {
  const { summary } = await facts();
  if (!summary.last_month) return { data: [], meta: {} };
  return ask("trends", "trends", monthly(span(summary), { tech_ids: listed(state.tech).filter(find).slice(0, MOST).join(",") }));
}

function show({ data, meta }) {
  shown = data.map((series) => series.technology_id);
  byId("chosen").replaceChildren(...data.map(chip));
  if (card.lacks(meta)) return;
  if (!data.some((series) => series.points.length)) return card.empty("No trends yet", "They are counted month by month.");
  const columns = ["technology", "month", "mentions", "jobs", "share", "share of 3 months", "low (95 %)", "high (95 %)", "running month"];
  const rows = data.flatMap((series) => series.points.map((point) => [series.name, point.month, point.mention_count, point.total_jobs,
    point.share, point.pooled_share, point.low, point.high, point.is_running ? "yes" : "no"]));
  const chart = chartElement(describe(data));
  card.show({ columns, rows }, { isGrey: enough(meta) === "grey" }, chart, latest(data, meta.change ?? {}));
  if (card.asTable) return;
  draw(chart, lines(data.map(({ name, points }) => ({ name, points: points.map((point) => ({ ...point, part: point.mention_count, whole: point.total_jobs })) }))),
    { height: 340, xaxis: monthTicks(data[0].points.length), yaxis: { tickformat: ".0%" } });
}

const newestWhole = (series) => series.points.findLast((point) => !point.is_running);

function describe(data) {
  const ends = data.map((series) => `${series.name} ${percent(newestWhole(series)?.pooled_share ?? null)}`);
  return `Lines of the share of postings by month, three months pooled. In the newest three months: ${ends.join(", ")}.`;
}

function chip(series, i) {
  return h("li", { class: "chip" },
    h("i", { class: "swatch", style: { background: seriesColor(i) } }), series.name,
    h("button", { type: "button", "aria-label": `Remove ${series.name}`, onclick: () => remove(series.technology_id) }, "×"));
}

function latest(data, changes) {
  const head = ["Newest three whole months", "Share", "95 % interval", "Mentions", "12 months against 12"];
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Newest three whole months" }, h("table", { class: "compact" },
    h("thead", {}, h("tr", {}, head.map((name, i) => h("th", { scope: "col", class: i ? "number" : "" }, name)))),
    h("tbody", {}, data.map((series, i) => {
      const point = newestWhole(series);
      const changed = inPoints(changes[series.technology_id]);
      if (!point) return null;
      return h("tr", {},
        h("th", { scope: "row" }, h("i", { class: "swatch", style: { background: seriesColor(i) } }), series.name),
        h("td", { class: "number strong" }, percent(point.pooled_share)),
        h("td", { class: "number" }, interval(point.low, point.high, 1)),
        h("td", { class: "number" }, `${count(point.mention_count)} of ${count(point.total_jobs)}`),
        h("td", { class: `number ${changed ? tone(changed) : "muted"}` }, changed ? changeWords(changed) : "–"));
    }))));
}
