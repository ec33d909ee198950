// Yearly pay: by month as a line with its interval, or by role, level and country as ranges.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { band, chartElement, draw, monthTicks, neutral, seriesColor } from "./charts.js";
import { byId, h } from "./dom.js";
import { facts } from "./facts.js";
import { count, money, monthName, percent, plural, signed } from "./format.js";
import { monthly, question, state, change } from "./state.js";
import { span } from "./months.js";
import { ranges } from "./ranges.js";
import { segments } from "./segments.js";

const MOST_CURRENCIES = 5;
const card = new Card("pay");

export const redrawPay = () => card.redraw();

export function startPay() {
  segments("pay-by", "pay", loadPay);
}

export function loadPay() {
  return card.fill(async () => {
    const by = state.pay;
    if (by !== "month") return ask("pay", "salaries", question({ by }));
    const { summary } = await facts();
    return summary.last_month ? ask("pay", "salaries", monthly(span(summary), { by })) : { data: [], meta: {} };
  }, show);
}

function show({ data, meta }) {
  card.say(meta.counted?.line);
  const currencies = byWeight(data);
  const currency = currencies.includes(state.currency) ? state.currency : currencies[0];
  offerCurrencies(currencies, currency);
  const rows = data.filter((row) => row.currency === currency && row.pooled_median !== null);
  if (!rows.length) return card.empty("Too few state pay", "A median needs at least ten postings that state it.", meta.nearest);
  card.show(table(data), {}, ...(state.pay === "month" ? chartOf(rows, currency) : [ranges(rows, currency)]), footnote(rows, meta.growth ?? [], currency));
}

function byWeight(data) {
  const totals = new Map();
  for (const row of data) totals.set(row.currency, (totals.get(row.currency) ?? 0) + row.n);
  return [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a)).slice(0, MOST_CURRENCIES);
}

function offerCurrencies(currencies, chosen) {
  byId("currency").replaceChildren(...currencies.map((one) => h("button", {
    type: "button", "aria-pressed": String(one === chosen),
    onclick: () => { change({ currency: one }); card.redraw(); byId("currency").querySelector('[aria-pressed="true"]')?.focus(); },
  }, one)));
}

function chartOf(rows, currency) {
  const last = rows.at(-1);
  const chart = chartElement(`Median yearly pay in ${currency} by month. In ${monthName(last.month)}: ${money(last.pooled_median, currency)}, 95 % interval ${money(last.low, currency)} to ${money(last.high, currency)}, of ${count(last.n)} postings.`);
  if (!card.asTable) draw(chart, traces(rows), { height: 380, xaxis: monthTicks(rows.length), yaxis: { tickformat: "~s", rangemode: "normal" } });
  return [chart];
}

function traces(rows) {
  const x = rows.map((row) => `${row.month}-01`);
  const of = (name) => rows.map((row) => row[name]);
  const color = seriesColor(0);
  return [
    ...band(x, of("low"), of("high"), color),
    {
      type: "scatter", mode: "lines+markers", name: "Median", x, y: of("pooled_median"), line: { color, width: 2.2 },
      marker: { size: 6, color: rows.map((row) => (row.enough === "grey" ? neutral() : color)) },
      customdata: rows.map((row) => `${row.low === null ? "" : ` (${count(row.low)} to ${count(row.high)})`}, ${plural(row.n, "job")}${row.pooled_months > 1 ? `, ${row.pooled_months} months pooled` : ""}`),
      hovertemplate: "%{y:,.0f}%{customdata}",
    },
  ];
}

function footnote(rows, growths, currency) {
  const newest = rows.at(-1);
  const parts = state.pay === "month" && newest.share_stating !== null ? [`${percent(newest.share_stating, 0)} of the jobs of ${monthName(newest.month)} state pay.`] : [];
  const growth = growths.find((one) => one.currency === currency);
  if (growth) {
    const range = growth.low === null ? "" : ` (${signed(100 * growth.low)} to ${signed(100 * growth.high)})`;
    parts.push(`The same kind of job pays ${signed(100 * growth.change)} %${range} in the 12 months to ${monthName(growth.now.at(-1))} against the 12 before: median over ${plural(growth.cells, "cell")} of role, level and country.`);
  }
  return parts.length ? h("p", { class: "note" }, parts.join(" ")) : "";
}

const GROUPS = ["role", "level", "country", "technology_id"];

const table = (data) => ({
  columns: [...(state.pay === "month" ? ["month"] : GROUPS), "currency", "jobs with pay", "companies", "months pooled", "median", "low (95 %)", "high (95 %)",
    "lower quartile", "upper quartile", "share that states pay", "premium of the skill", "premium low (95 %)", "premium high (95 %)"],
  rows: data.map((row) => [...(state.pay === "month" ? [row.month] : GROUPS.map((group) => row[group])), row.currency, row.n, row.companies_count, row.pooled_months,
    row.pooled_median, row.low, row.high, row.p25, row.p75, row.share_stating,
    row.premium?.change ?? null, row.premium?.low ?? null, row.premium?.high ?? null]),
});
