// Jobs on companies' boards: how many are open, opened and closed by week, and how long they stay.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { chartElement, draw, seriesColor } from "./charts.js";
import { h } from "./dom.js";
import { facts } from "./facts.js";
import { count, dayName, label, plural } from "./format.js";
import { span } from "./months.js";
import { monthly } from "./state.js";

const SHOWN = 9; // groups by size, all jobs among them
const card = new Card("open");

export const redrawOpen = () => card.redraw();

// A closing is known of companies' boards only: it counts those of the filter's jobs that are on one.
// `unread` says why there may be none.
export function loadOpen(unread = "Only companies' own boards show when a job closes. The DAG company_boards reads them daily.") {
  return card.fill(async () => {
    const { summary } = await facts();
    return ask("open", "open", summary.last_month ? monthly(span(summary), { by: "role" }) : {});
  }, (answer) => show(answer, unread));
}

function show({ weekly, days_open: groups, meta }, unread) {
  const boards = weekly.at(-1)?.boards ?? 0;
  card.say(weekly.length ? `${meta.counted?.line ?? ""}; ${plural(boards, "company board")} read, ${dayName(weekly[0].week)} to ${dayName(weekly.at(-1).week)}` : meta.counted?.line);
  if (!weekly.length && !groups.length) {
    return card.empty("No job of a company's board", unread, meta.nearest);
  }
  const chart = weekly.length > 1 ? chartElement(describe(weekly)) : null;
  card.show(table(weekly, groups), {}, ...[chart ? legend() : null, chart, groupsTable(groups.slice(0, SHOWN))].filter(Boolean));
  if (chart && !card.asTable) draw(chart, traces(weekly), { height: 200, barmode: "relative", xaxis: { hoverformat: "week of %d %b %Y" }, yaxis: { tickformat: "," } });
}

// Two tables in one: the weeks, then the groups' days.
const table = (weekly, groups) => ({
  columns: ["week or group", "open", "opened", "closed", "boards", "median days open", "low (95 %)", "high (95 %)", "jobs", "still open"],
  rows: [...weekly.map((row) => [row.week, row.open, row.opened, row.closed, row.boards, null, null, null, null, null]),
    ...groups.map((row) => [groupName(row), null, null, null, null, row.median, row.low, row.high, row.n, row.censored])],
});

const groupName = (row) => (row.dimension === "all" ? "All jobs" : label(row.value));

const KINDS = [["Opened", "opened", 1, 0], ["Closed", "closed", -1, 2]];

const legend = () => h("ul", { class: "legend" }, [["Open", 1], ...KINDS.map(([name, , , color]) => [name, color])].map(([name, color]) =>
  h("li", {}, h("i", { class: "swatch", style: { background: seriesColor(color) } }), name)));

function traces(weekly) {
  const x = weekly.map((row) => row.week);
  return [
    ...KINDS.map(([name, field, sign, color]) => ({
      type: "bar", name, x, y: weekly.map((row) => sign * row[field]), marker: { color: seriesColor(color) },
      customdata: weekly.map((row) => row[field]), hovertemplate: "%{customdata:,}",
    })),
    { type: "scatter", mode: "lines", name: "Open", x, y: weekly.map((row) => row.open), line: { color: seriesColor(1), width: 2.2 }, hovertemplate: "%{y:,}" },
  ];
}

function describe(weekly) {
  const last = weekly.at(-1);
  return `Line of open jobs by week, bars of opened and closed ones. Week of ${dayName(last.week)}: ${count(last.open)} open, ${count(last.opened)} opened, ${count(last.closed)} closed.`;
}

function groupsTable(groups) {
  if (!groups.length) return null;
  const head = ["Days open", "Median", "95 % interval", "Middle half", "Jobs"];
  const days = (low, high) => (low === null || low === undefined ? "–" : `${Math.round(low)} to ${high === null ? "…" : Math.round(high)}`);
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Days open" }, h("table", { class: "compact" },
    h("thead", {}, h("tr", {}, head.map((name, i) => h("th", { scope: "col", class: i ? "number" : "" }, name)))),
    h("tbody", {}, groups.map((row) => h("tr", {},
      h("th", { scope: "row" }, groupName(row)),
      h("td", { class: "number strong" }, row.median === null ? "–" : count(Math.round(row.median))),
      h("td", { class: "number" }, days(row.low, row.high)), h("td", { class: "number" }, days(row.p25, row.p75)),
      h("td", { class: "number" }, `${count(row.n)}${row.censored ? `, ${count(row.censored)} still open` : ""}`))))));
}
