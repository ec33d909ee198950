// Companies: who offers most jobs, who is here for the first time or again, in the window or in a
// month, and how many of each a month.

import { ask } from "./api.js";
import { barsHead } from "./bars.js";
import { Card } from "./card.js";
import { chartElement, draw, monthTicks, seriesColor } from "./charts.js";
import { byId, h } from "./dom.js";
import { whenKnown } from "./facts.js";
import { count, monthName } from "./format.js";
import { companyLink } from "./links.js";
import { months } from "./months.js";
import { segments } from "./segments.js";
import { site } from "./site.js";
import { change, question, state } from "./state.js";

const SHOWN = 10;
const MOST = 2000; // more than a month has
const LISTED = { jobs: { order: "jobs" }, newest: { order: "newest", seen: "first_time" }, returning: { order: "jobs", seen: "returning" } };
const card = new Card("companies");
let isWhole = false; // whether the list goes on after the first ones

export const redrawCompanies = () => card.redraw();

export function startCompanies() {
  segments("companies-order", "companies", loadCompanies);
  const select = byId("companies-month");
  select.addEventListener("change", () => { change({ companies_month: select.value }); loadCompanies(); });
  whenKnown(({ summary }) => {
    if (summary.last_month) select.append(...months(summary.first_month, summary.last_month).map((month) => h("option", { value: month }, monthName(month))));
    select.value = state.companies_month;
  });
}

/** Load the companies of the filter's window, or of the month chosen, whatever the window. */
export function loadCompanies() {
  isWhole = false;
  return load();
}

function load() {
  const { days, start_date: first, end_date: last, ...rest } = question({ ...LISTED[state.companies], top: isWhole ? MOST : SHOWN });
  const month = site ? "" : state.companies_month; // a site has no answer of a month's own
  return card.fill(() => ask("companies", "companies", { ...rest, ...(month ? { start_date: month, end_date: month } : { days, start_date: first, end_date: last }) }), show);
}

function showWhole() {
  isWhole = true;
  return load();
}

function show({ data, meta }) {
  card.say(meta.counted?.line);
  if (!data.length) return card.empty("No company", meta.counted?.companies ? "None of the companies that match is such a one." : "No matching posting names its company.", meta.nearest);
  const columns = ["company", "jobs", "postings", "first posting", "last posting", "first-time"];
  const rows = data.map((row) => [row.name, row.jobs, row.postings, row.first_month, row.last_month, row.is_first_time ? "yes" : "no"]);
  const months = meta.months ?? [];
  const chart = months.length > 1 ? chartElement(describe(months)) : null;
  card.show({ columns, rows }, {}, list(data), !site && !isWhole && data.length === SHOWN ? h("button", { type: "button", class: "quiet rest", onclick: showWhole }, "Show all") : "",
    chart ? legend() : h("p", { class: "note" }, months.map(sentence).join(" ")), chart ?? "");
  if (chart && !card.asTable) draw(chart, traces(months), { height: 180, barmode: "stack", xaxis: monthTicks(months.length), yaxis: { tickformat: "," } });
}

const sentence = ({ month, first_time: first, returning }) => `${monthName(month)}: ${count(first)} for the first time, ${count(returning)} returning.`;

function list(data) {
  const most = Math.max(...data.map((row) => row.jobs));
  return h("div", { class: "bars companies" }, barsHead(["", "", "jobs", "first posting"]), h("ol", {}, data.map((row) => h("li", {},
    h("span", { class: "name" }, companyLink(row.asked_as, row.name)),
    h("span", { class: "track", "aria-hidden": "true" }, h("i", { class: "fill second", style: { width: `${(100 * row.jobs) / most}%` } })),
    h("span", { class: "number strong" }, count(row.jobs)),
    h("span", { class: "number muted range" }, row.is_first_time ? h("span", { class: "tag new" }, "first time") : monthName(row.first_month))))));
}

const KINDS = [["returning", "Returning companies", 1], ["first_time", "First-time companies", 0]];

const legend = () => h("ul", { class: "legend" }, KINDS.map(([, name, color]) =>
  h("li", {}, h("i", { class: "swatch", style: { background: seriesColor(color) } }), name)));

const traces = (months) => KINDS.map(([kind, name, color]) => ({
  type: "bar", name, x: months.map((row) => `${row.month}-01`), y: months.map((row) => row[kind]),
  marker: { color: seriesColor(color) }, hovertemplate: "%{y:,}",
}));

function describe(months) {
  return `Bars of companies by month. ${sentence(months.at(-1))}`;
}
