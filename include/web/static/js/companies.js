// Companies: who offers most jobs, who is here for the first time, and how many of each a month.

import { ask } from "./api.js";
import { barsHead } from "./bars.js";
import { Card } from "./card.js";
import { chartElement, draw, monthTicks, seriesColor } from "./charts.js";
import { h } from "./dom.js";
import { count, monthName } from "./format.js";
import { segments } from "./segments.js";
import { change, offers, question, state } from "./state.js";

const SHOWN = 10;
const card = new Card("companies");

export const redrawCompanies = () => card.redraw();

export function startCompanies() {
  segments("companies-order", "companies", loadCompanies);
}

export const loadCompanies = () => card.fill(() => ask("companies", "companies", question({ top: SHOWN, order: state.companies })), show);

function show({ data, meta }) {
  card.say(meta.counted?.line);
  if (!data.length) return card.empty("No company", "No matching posting names its company.", meta.nearest);
  const columns = ["company", "jobs", "postings", "first posting", "last posting", "first-time"];
  const rows = data.map((row) => [row.name, row.jobs, row.postings, row.first_month, row.last_month, row.is_first_time ? "yes" : "no"]);
  const months = meta.months ?? [];
  const chart = months.length > 1 ? chartElement(describe(months)) : null;
  card.show({ columns, rows }, {}, list(data), chart ? legend() : "", chart ?? "");
  if (chart && !card.asTable) draw(chart, traces(months), { height: 180, barmode: "stack", xaxis: monthTicks(months.length), yaxis: { tickformat: "," } });
}

function list(data) {
  const most = Math.max(...data.map((row) => row.jobs));
  return h("div", { class: "bars companies" }, barsHead(["", "", "jobs", "first posting"]), h("ol", {}, data.map((row) => h("li", {},
    h("span", { class: "name" }, offers({ company: row.name })
      ? h("button", { type: "button", title: `Filter by ${row.name}`, onclick: () => filterBy(row) }, row.name) : row.name),
    h("span", { class: "track", "aria-hidden": "true" }, h("i", { class: "fill second", style: { width: `${(100 * row.jobs) / most}%` } })),
    h("span", { class: "number strong" }, count(row.jobs)),
    h("span", { class: "number muted range" }, row.is_first_time ? h("span", { class: "tag new" }, "first time") : monthName(row.first_month))))));
}

function filterBy(row) {
  change({ company: row.name });
  document.dispatchEvent(new CustomEvent("filterchange"));
}

const KINDS = [["returning", "Returning companies", 1], ["first_time", "First-time companies", 0]];

const legend = () => h("ul", { class: "legend" }, KINDS.map(([, name, color]) =>
  h("li", {}, h("i", { class: "swatch", style: { background: seriesColor(color) } }), name)));

const traces = (months) => KINDS.map(([kind, name, color]) => ({
  type: "bar", name, x: months.map((row) => `${row.month}-01`), y: months.map((row) => row[kind]),
  marker: { color: seriesColor(color) }, hovertemplate: "%{y:,}",
}));

function describe(months) {
  const last = months.at(-1);
  return `Bars of companies by month. ${monthName(last.month)}: ${count(last.first_time)} for the first time, ${count(last.returning)} returning.`;
}
