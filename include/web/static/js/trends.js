// Chosen technologies as lines over the years, with their growth.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { chartElement, draw, monthTicks, seriesColor } from "./charts.js";
import { byId, h } from "./dom.js";
import { facts } from "./facts.js";
import { count, growth, monthName, percent } from "./format.js";
import { change, chosenTechnologies, state } from "./state.js";

const MOST = 10;
const SPAN_MONTHS = 60; // of one question
const MARKED_MONTHS = 36;
const card = new Card("trends", { chart: true });
let taxonomy = [];

/** Offer the technologies by name. */
export function offerTrends(technologies) {
  taxonomy = technologies;
  byId("technologies").replaceChildren(...technologies.map((one) => h("option", { value: one.name })));
}

/** Attach the listeners of the controls. */
export function startTrends() {
  byId("add-technology").addEventListener("submit", (event) => {
    event.preventDefault();
    if (add(byId("technology").value)) byId("technology").value = "";
  });
  byId("technology").addEventListener("change", (event) => {
    if (add(event.target.value)) event.target.value = "";
  });
  for (const button of byId("span").children) {
    button.addEventListener("click", () => {
      change({ months: button.dataset.months });
      loadTrends();
    });
  }
}

function find(name) {
  const wanted = name.trim().toLowerCase();
  return taxonomy.find((one) =>
    [one.technology_id, one.name, ...one.aliases].some((known) => known.toLowerCase() === wanted));
}

/** Add a technology by name or alias; return whether it exists. */
export function add(name) {
  const found = find(name);
  if (!found) return false;
  const ids = [...new Set([...shownIds(), found.technology_id])].slice(-MOST);
  change({ tech: ids.join(",") });
  loadTrends();
  byId("announce").textContent = `${found.name} is shown in the trends`;
  return true;
}

export function follow(name) {
  if (add(name)) byId("trends-card").scrollIntoView({ behavior: "smooth", block: "start" });
}

export const redrawTrends = () => card.redraw();

let shown = [];
const shownIds = () => chosenTechnologies().length ? chosenTechnologies() : shown;

function remove(id) {
  const ids = shownIds().filter((one) => one !== id);
  change({ tech: ids.join(",") });
  loadTrends();
}

export function loadTrends() {
  for (const button of byId("span").children) {
    button.setAttribute("aria-pressed", String(button.dataset.months === state.months));
  }
  return card.fill(gather, show);
}

async function gather() {
  const { summary } = await facts();
  if (!summary.last_month) return { data: [], meta: {} };
  const ids = chosenTechnologies().filter(find).slice(0, MOST).join(",");
  const spans = monthSpans(summary.first_month, summary.last_month);
  const answers = await Promise.all(spans.map(([first, last], i) =>
    ask(`trends ${i}`, "trends", { tech_ids: ids, start_date: first, end_date: last })));
  if (answers.includes(null)) return null;
  const data = answers[0].data.map((series) => ({
    ...series,
    points: answers.flatMap((answer) => answer.data.find((one) => one.technology_id === series.technology_id)?.points ?? []),
  }));
  return { data, meta: { start_date: spans[0][0], end_date: spans.at(-1)[1] } };
}

function monthSpans(firstMonth, lastMonth) {
  const number = (key) => Number(key.slice(0, 4)) * 12 + Number(key.slice(5, 7)) - 1;
  const key = (n) => `${String(Math.floor(n / 12)).padStart(4, "0")}-${String((n % 12) + 1).padStart(2, "0")}`;
  const last = number(lastMonth);
  const wanted = Number(state.months) || Infinity;
  const first = Math.max(number(firstMonth), last - wanted + 1);
  const spans = [];
  for (let start = first; start <= last; start += SPAN_MONTHS) {
    spans.push([key(start), key(Math.min(start + SPAN_MONTHS - 1, last))]);
  }
  return spans;
}

function show({ data, meta }) {
  shown = data.map((series) => series.technology_id);
  byId("chosen").replaceChildren(...data.map(chip));
  if (!data.some((series) => series.points.length)) {
    card.scope.textContent = "";
    return card.empty("No trends yet", "They are counted from Hacker News threads, month by month.");
  }
  card.scope.textContent = `Share of Hacker News postings that name it, ${monthName(meta.start_date)} to ${monthName(meta.end_date)}`;
  const columns = ["technology", "month", "mentions", "jobs", "share (per cent)", "MoM (per cent)", "YoY (per cent)"];
  const rows = data.flatMap((series) => series.points.map((point) => [
    series.name, point.month, point.mention_count, point.total_jobs,
    point.share === null ? null : round(100 * point.share), round(point.mom_growth_pct), round(point.yoy_growth_pct)]));
  const chart = chartElement(describe(data));
  card.show({ columns, rows }, chart, latest(data));
  if (!card.asTable) draw(chart, data.map(line), { xaxis: monthTicks(data[0].points.length), yaxis: { tickformat: ".0%" } });
}

const round = (value) => (value === null ? null : Math.round(value * 100) / 100);

function line(series, i) {
  return {
    // Markers show a month whose neighbours are missing; over many years they would only blur.
    type: "scatter", mode: series.points.length > MARKED_MONTHS ? "lines" : "lines+markers", name: series.name,
    x: series.points.map((point) => `${point.month}-01`),
    y: series.points.map((point) => point.share),
    customdata: series.points.map((point) => `${count(point.mention_count)} of ${count(point.total_jobs)}`),
    line: { color: seriesColor(i), width: 2.4 },
    hovertemplate: "%{y:.1%} (%{customdata})",
  };
}

function describe(data) {
  const ends = data.map((series) => `${series.name} ${percent(series.points.at(-1)?.share ?? null)}`);
  return `Lines of the share of postings by month. In the newest month: ${ends.join(", ")}.`;
}

function chip(series, i) {
  return h("li", { class: "chip" },
    h("i", { class: "swatch", style: { background: seriesColor(i) } }), series.name,
    h("button", { type: "button", "aria-label": `Remove ${series.name}`, onclick: () => remove(series.technology_id) }, "×"));
}

function latest(data) {
  const head = ["Newest month", "Share", "Mentions", "MoM", "YoY"];
  const tone = (value) => (value === null ? "muted" : value >= 0 ? "up" : "down");
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Newest month" }, h("table", { class: "compact" },
    h("thead", {}, h("tr", {}, head.map((name, i) => h("th", { scope: "col", class: i ? "number" : "" }, name)))),
    h("tbody", {}, data.map((series, i) => {
      const point = series.points.at(-1);
      if (!point) return null;
      return h("tr", {},
        h("th", { scope: "row" }, h("i", { class: "swatch", style: { background: seriesColor(i) } }), series.name),
        h("td", { class: "number strong" }, percent(point.share)),
        h("td", { class: "number" }, `${count(point.mention_count)} of ${count(point.total_jobs)}`),
        h("td", { class: `number ${tone(point.mom_growth_pct)}` }, growth(point.mom_growth_pct)),
        h("td", { class: `number ${tone(point.yoy_growth_pct)}` }, growth(point.yoy_growth_pct)));
    }))));
}
