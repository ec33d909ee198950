// Postings a month, seasonally adjusted; the running month is said, and hollow.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { chartElement, draw, monthTicks, seriesColor, surface } from "./charts.js";
import { h } from "./dom.js";
import { facts } from "./facts.js";
import { count, monthName, percent, plural } from "./format.js";
import { span } from "./months.js";
import { monthly } from "./state.js";

const card = new Card("volume");

export const redrawVolume = () => card.redraw();

export function loadVolume() {
  return card.fill(async () => {
    const { summary } = await facts();
    return summary.last_month ? ask("volume", "volume", monthly(span(summary))) : { data: [], meta: {} };
  }, show);
}

function show({ data, meta }) {
  if (card.lacks(meta)) return;
  if (!data.length) return card.empty("No months yet", "Postings are counted month by month.");
  const columns = ["month", "postings", "jobs", "companies", "seasonally adjusted", "running month"];
  const rows = data.map((row) => [row.month, row.postings, row.jobs, row.companies, row.adjusted, row.is_running ? "yes" : "no"]);
  const chart = chartElement(describe(data));
  card.show({ columns, rows }, {}, chart, sentence(data, meta));
  if (!card.asTable) draw(chart, traces(data), { height: 380, xaxis: monthTicks(data.length), yaxis: { tickformat: "," } });
}

function traces(data) {
  const whole = data.filter((row) => !row.is_running);
  const running = data.filter((row) => row.is_running);
  const bar = (rows, name, marker) => ({
    type: "bar", name, x: rows.map((row) => `${row.month}-01`), y: rows.map((row) => row.postings), marker,
    customdata: rows.map((row) => count(row.companies)), hovertemplate: "%{y:,} postings of %{customdata} companies",
  });
  return [
    bar(whole, "Count", { color: `${seriesColor(0)}66` }),
    bar(running, "So far", { color: surface(), line: { color: seriesColor(0), width: 1.5 } }),
    ...(whole.every((row) => row.adjusted === null) ? [] : [{
      type: "scatter", mode: "lines", name: "Adjusted", x: whole.map((row) => `${row.month}-01`), y: whole.map((row) => row.adjusted),
      line: { color: seriesColor(0), width: 2.4 }, hovertemplate: "%{y:,.0f}",
    }]),
  ];
}

function describe(data) {
  const last = data.findLast((row) => !row.is_running);
  return `Bars of postings by month, ${monthName(data[0].month)} to ${monthName(data.at(-1).month)}${last ? `. ${monthName(last.month)}: ${count(last.postings)}` : ""}.`;
}

function sentence(data, meta) {
  const parts = [data.some((row) => row.adjusted !== null) ? "Bars: count. Line: seasonally adjusted." : "Bars: count; too few months or postings to adjust for the season."];
  const running = data.find((row) => row.is_running);
  if (running) {
    const usual = meta.running?.usual_share_by_now;
    parts.push(`${monthName(running.month)} is running: ${plural(running.postings, "posting")} so far.${usual ? ` Usually ${percent(usual, 0)} of a month are in by now.` : ""}`);
  }
  return h("p", { class: "note" }, parts.join(" "));
}
