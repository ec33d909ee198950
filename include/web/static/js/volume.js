// Postings a month, seasonally adjusted; the running month is said, and hollow. Below them, where
// threads of seekers are read: jobs a seeker, which Hacker News' own size does not move.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { band, chartElement, draw, monthTicks, seriesColor, surface } from "./charts.js";
import { h } from "./dom.js";
import { facts } from "./facts.js";
import { count, monthName, percent, plural } from "./format.js";
import { span } from "./months.js";
import { isOfOneCompany, monthly } from "./state.js";

const FEW = 5; // postings a month: the axis then counts by one
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
  // Seekers are those of all companies.
  const control = isOfOneCompany() ? [] : meta.control.filter((row) => row.per_seeker !== null);
  const chart = chartElement(describe(data, control));
  card.show(table(data, control, open), {}, chart, sentence(data, meta, open), ...spoken(control));
  if (card.asTable) return;
  const below = control.length ? { yaxis2: { domain: [0, 0.27], title: { text: ratio(control), font: { size: 11 } } } } : {};
  const most = Math.max(...data.map((row) => row.postings), ...open.values());
  const yaxis = { tickformat: ",", ...(most < FEW ? { dtick: 1 } : {}), ...(control.length ? { domain: [0.36, 1] } : {}) };
  draw(chart, [...traces(data), ...openTrace(data, open), ...controls(data, control)], { height: control.length ? 460 : 380, xaxis: monthTicks(data.length), yaxis, ...below });
}

// A technology is named by postings, not by their jobs.
const ratio = (control) => (control.some((row) => row.jobs === null) ? "Postings a seeker" : "Jobs a seeker");

function table(data, control, open) {
  const columns = ["month", "postings", "jobs", "companies", "seasonally adjusted", "running month"];
  const of = new Map(control.map((row) => [row.month, [row.seekers, row.per_seeker, row.low, row.high]]));
  if (control.length) columns.push("seekers", ratio(control).toLowerCase(), "low", "high");
  if (open.size) columns.push("open jobs");
  const rows = data.map((row) => [row.month, row.postings, row.jobs, row.companies, row.adjusted, row.is_running ? "yes" : "no",
    ...(open.size ? [open.get(row.month) ?? null] : []), ...(control.length ? of.get(row.month) ?? [null, null, null, null] : [])]);
  return { columns, rows };
}

// A month without a whole thread is a gap.
function controls(data, control) {
  if (!control.length) return [];
  const of = new Map(control.map((row) => [row.month, row]));
  const x = data.map((row) => `${row.month}-01`);
  const values = (name) => data.map((row) => of.get(row.month)?.[name] ?? null);
  const line = {
    type: "scatter", mode: "lines+markers", name: ratio(control), x, y: values("per_seeker"), connectgaps: false,
    line: { color: seriesColor(1), width: 2 }, marker: { size: 4 },
    customdata: data.map((row) => count(of.get(row.month)?.seekers ?? 0)), hovertemplate: "%{y:.2f} of %{customdata} seekers",
  };
  return [...band(x, values("low"), values("high"), seriesColor(1)), line].map((trace) => ({ ...trace, yaxis: "y2" }));
}

function spoken(control) {
  const last = control.at(-1);
  if (!last) return [];
  const said = `${ratio(control)} in ${monthName(last.month)}: ${last.per_seeker.toFixed(2)} (95 % interval ${last.low.toFixed(2)} to ${last.high.toFixed(2)}; ${plural(last.seekers, "seeker")} of "Who wants to be hired?"). If this stays while postings change, Hacker News itself has changed in size.`;
  return [h("p", { class: "note" }, said)];
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

function describe(data, control) {
  const last = data.findLast((row) => !row.is_running);
  return `Bars of postings by month, ${monthName(data[0].month)} to ${monthName(data.at(-1).month)}${last ? `. ${monthName(last.month)}: ${count(last.postings)}` : ""}.${control.length ? ` Below them ${ratio(control).toLowerCase()} by month, with an interval.` : ""}`;
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
