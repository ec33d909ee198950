// Postings a month, seasonally adjusted; the running month is said, and hollow.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { chartElement, draw, monthTicks, seriesColor, surface } from "./charts.js";
import { h } from "./dom.js";
import { facts } from "./facts.js";
import { count, monthName, percent, plural } from "./format.js";
import { span } from "./months.js";
import { isOfOneCompany, monthly } from "./state.js";

const card = new Card("volume");

export const redrawVolume = () => card.redraw();

/** Load the months; `open` has the jobs that are open at the end of each, where that is known. */
export function loadVolume(open = new Map()) {
  return card.fill(async () => {
    const { summary } = await facts();
    return summary.last_month ? ask("volume", "volume", monthly(span(summary))) : { data: [], meta: {} };
  }, (answer) => show(answer, open));
}

function show({ data, meta }, open) {
  // A company's few are shown as they are: a bar is a count, no estimate.
  if (!(isOfOneCompany() && meta.counted?.postings) && card.lacks(meta)) return;
  card.say(meta.counted?.line);
  if (!data.length) return card.empty("No months yet", "Postings are counted month by month.");
  const columns = ["month", "postings", "jobs", "companies", "seasonally adjusted", "running month", ...(open.size ? ["open jobs"] : [])];
  const rows = data.map((row) => [row.month, row.postings, row.jobs, row.companies, row.adjusted, row.is_running ? "yes" : "no",
    ...(open.size ? [open.get(row.month) ?? null] : [])]);
  const chart = chartElement(describe(data));
  card.show({ columns, rows }, {}, chart, sentence(data, meta, open));
  if (!card.asTable) draw(chart, [...traces(data), ...openTrace(data, open)], { height: 380, xaxis: monthTicks(data.length), yaxis: { tickformat: ",", ...(Math.max(...data.map((row) => row.postings), ...open.values()) < 5 ? { dtick: 1 } : {}) } });
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

const openTrace = (data, open) => (open.size ? [{
  type: "scatter", mode: "lines+markers", name: "Open jobs", x: data.map((row) => `${row.month}-01`), y: data.map((row) => open.get(row.month) ?? null),
  line: { color: seriesColor(1), width: 2.2 }, marker: { size: 5 }, hovertemplate: "%{y:,} jobs open at the month's end",
}] : []);

function describe(data) {
  const last = data.findLast((row) => !row.is_running);
  return `Bars of postings by month, ${monthName(data[0].month)} to ${monthName(data.at(-1).month)}${last ? `. ${monthName(last.month)}: ${count(last.postings)}` : ""}.`;
}

function sentence(data, meta, open) {
  const parts = [data.some((row) => row.adjusted !== null) ? "Bars: count. Line: seasonally adjusted." : "Bars: count; too few months or postings to adjust for the season."];
  if (open.size) parts.push("Dots: jobs that its boards show in the month's last week.");
  const running = data.find((row) => row.is_running);
  if (running) {
    const usual = meta.running?.usual_share_by_now;
    parts.push(`${monthName(running.month)} is running: ${plural(running.postings, "posting")} so far.${usual ? ` Usually ${percent(usual, 0)} of a month are in by now.` : ""}`);
  }
  return h("p", { class: "note" }, parts.join(" "));
}
