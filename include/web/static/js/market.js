// Remote share and role mix over time, salary ranges, and skills that go together.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { chartElement, draw, monthTicks, seriesColor, valueColor } from "./charts.js";
import { byId, h } from "./dom.js";
import { count, label, money, monthName, percent } from "./format.js";
import { legend } from "./legend.js";
import { remoteTile, salaryTile } from "./skills.js";
import { change, state } from "./state.js";

const ORDER = {
  remote: ["remote", "mixed", "hybrid", "onsite", "unspecified"],
  role: ["backend", "fullstack", "frontend", "any"],
};
const cards = { remote: new Card("remote", { chart: true }), role: new Card("roles", { chart: true }) };
const salaries = new Card("salaries", { chart: true });
const pairs = new Card("pairs");

export function loadMarket() {
  for (const dimension of Object.keys(cards)) {
    cards[dimension].fill(() => ask(dimension, "market", { dimension }), ({ data }) => showMix(dimension, data));
  }
  salaries.fill(() => ask("salaries", "salaries"), ({ data }) => showSalaries(data));
}

/** Redraw the charts after a change of theme. */
export function redrawMarket() {
  for (const card of [...Object.values(cards), salaries]) card.redraw();
}

function showMix(dimension, data) {
  const card = cards[dimension];
  if (!data.length) return card.empty("No data yet", "The mix is computed month by month.");
  const months = [...new Set(data.map((row) => row.month))];
  const share = new Map(data.map((row) => [`${row.month} ${row.value}`, row]));
  const known = new Set(data.map((row) => row.value));
  const values = [...ORDER[dimension].filter((value) => known.delete(value)), ...known];
  if (dimension === "remote") {
    remoteTile(months.map((month) => ({ month, share: (share.get(`${month} remote`)?.share ?? 0) + (share.get(`${month} mixed`)?.share ?? 0) })));
  }
  card.scope.textContent = `Share of Hacker News postings, ${monthName(months[0])} to ${monthName(months.at(-1))}`;
  const chart = chartElement(`Areas of shares by month. In ${monthName(months.at(-1))}: ${values.map((value) => `${label(value)} ${percent(share.get(`${months.at(-1)} ${value}`)?.share ?? 0, 0)}`).join(", ")}.`);
  card.show({
    columns: ["month", dimension, "postings", "jobs", "share (per cent)"],
    rows: data.map((row) => [row.month, label(row.value), row.postings_count, row.total_jobs, row.share === null ? null : Math.round(1000 * row.share) / 10]),
  }, legend(values), chart);
  if (card.asTable) return;
  draw(chart, values.map((value, i) => ({
    type: "scatter", mode: "lines", stackgroup: "share", name: label(value),
    x: months.map((month) => `${month}-01`),
    y: months.map((month) => share.get(`${month} ${value}`)?.share ?? 0),
    line: { width: 0.8, color: valueColor(value, i) }, hovertemplate: "%{y:.0%}",
  })), { height: 260, xaxis: monthTicks(months.length), yaxis: { tickformat: ".0%", range: [0, 1] } });
}

function showSalaries(data) {
  if (!data.length) {
    salaries.scope.textContent = "";
    return salaries.empty("No salaries yet", "Few postings state pay; this card counts those that do.");
  }
  const totals = new Map();
  for (const row of data) totals.set(row.currency, (totals.get(row.currency) ?? 0) + row.postings_count);
  const currencies = [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a)).slice(0, 5);
  const currency = currencies.includes(state.currency) ? state.currency : currencies[0];
  byId("currency").replaceChildren(...currencies.map((one) => h("button", {
    type: "button", "aria-pressed": String(one === currency),
    onclick: () => { change({ currency: one }); salaries.redraw(); byId("currency").querySelector('[aria-pressed="true"]').focus(); },
  }, one)));
  const rows = data.filter((row) => row.currency === currency);
  salaryTile(rows.at(-1));
  salaries.scope.textContent = "Yearly pay as stated in postings: median and middle half";
  const last = rows.at(-1);
  const chart = chartElement(`Median yearly pay in ${currency} by month. In ${monthName(last.month)}: ${money(last.median, currency)}, half of the postings between ${money(last.p25, currency)} and ${money(last.p75, currency)}.`);
  salaries.show({
    columns: ["month", "currency", "postings", "lower quartile", "median", "upper quartile"],
    rows: rows.map((row) => [row.month, row.currency, row.postings_count, row.p25, row.median, row.p75]),
  }, chart);
  if (!salaries.asTable) draw(chart, band(rows), { height: 260, xaxis: monthTicks(rows.length), yaxis: { tickformat: "~s", rangemode: "normal" } });
}

function band(rows) {
  const x = rows.map((row) => `${row.month}-01`);
  const edge = (y, more) => ({ type: "scatter", mode: "lines", x, y, line: { width: 0 }, hovertemplate: "%{y:,.0f}", ...more });
  const color = seriesColor(0);
  return [
    edge(rows.map((row) => row.p75), { name: "Upper quartile" }),
    edge(rows.map((row) => row.p25), { name: "Lower quartile", fill: "tonexty", fillcolor: `${color}33` }),
    edge(rows.map((row) => row.median), {
      name: "Median", line: { width: 2.4, color }, customdata: rows.map((row) => count(row.postings_count)),
      hovertemplate: "%{y:,.0f} (%{customdata} postings)",
    }),
  ];
}

/** Fill the choice of a skill. */
export function offerPairs(technologies) {
  const select = byId("pairs-technology");
  select.append(...technologies.map((one) => h("option", { value: one.technology_id }, one.name)));
  select.addEventListener("change", loadPairs);
}

export function loadPairs() {
  const technology = byId("pairs-technology").value;
  return pairs.fill(() => ask("pairs", "pairs", { technology, top: 10 }), ({ data }) => showPairs(data));
}

function showPairs(data) {
  pairs.scope.textContent = "Last twelve months; lift: how much more often than by chance";
  if (!data.length) return pairs.empty("No pairs", "Fewer than ten postings name two skills together.");
  const most = Math.max(...data.map((row) => row.postings_count));
  pairs.show({
    columns: ["skill", "with", "postings", "share (per cent)", "lift"],
    rows: data.map((row) => [row.name_a, row.name_b, row.postings_count, row.share === null ? null : Math.round(1000 * row.share) / 10, row.lift]),
  }, h("ol", { class: "bars pairs" }, data.map((row) => h("li", {},
    h("span", { class: "name" }, `${row.name_a} + ${row.name_b}`),
    h("span", { class: "track", "aria-hidden": "true" }, h("span", { class: "fill second", style: { width: `${(100 * row.postings_count) / most}%` } })),
    h("span", { class: "number strong" }, count(row.postings_count)),
    h("span", { class: "number muted" }, row.lift === null ? "–" : `${row.lift.toFixed(1)}×`)))));
}
