// Skills whose share changed beyond noise, newest whole months against a year before.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { forest } from "./changes.js";
import { h } from "./dom.js";
import { count, monthName, pointsInterval, signed } from "./format.js";
import { segments } from "./segments.js";
import { hasTechnology } from "./site.js";
import { question, state } from "./state.js";

const SHOWN = 8; // of each kind
const KINDS = [["new", "New"], ["rising", "Rising"], ["falling", "Falling"]];
const card = new Card("movers");

export function startMovers(follow) {
  segments("movers-months", "movers", () => loadMovers(follow));
}

export function loadMovers(follow) {
  // Its months are the newest whole ones, whatever the window of the filter.
  const { days, start_date, end_date, ...population } = question();
  return card.fill(() => ask("movers", "movers", { ...population, months: state.movers, top: SHOWN }), (answer) => show(answer, follow));
}

function show({ data, meta }, follow) {
  if (card.lacks(meta, "Too little to compare")) return;
  const compared = meta.windows ? `${span(meta.windows.now)} against ${span(meta.windows.before)}` : "";
  if (!data.length) {
    return card.empty("No change beyond noise", `${count(meta.tested)} skills were tested, ${compared}. None differs by more than chance would bring.`);
  }
  const columns = ["skill", "kind", "change (points)", "low (95 %)", "high (95 %)", "q", "mentions", "jobs", "mentions before", "jobs before"];
  const rows = data.map((row) => [row.name, row.kind, row.change_points, row.low, row.high, row.q, row.mention_count, row.total_jobs,
    row.earlier_mention_count, row.earlier_total_jobs]);
  const most = Math.max(...data.map((row) => Math.max(Math.abs(row.low), Math.abs(row.high))));
  card.show({ columns, rows }, {},
    ...KINDS.map(([kind, title]) => list(title, data.filter((row) => row.kind === kind), most, follow)).filter(Boolean),
    h("p", { class: "note" }, `${compared}. ${count(meta.tested)} skills tested, ${count(data.length)} shown at a false discovery rate of ${100 * meta.q_limit} %.`));
}

const span = ([first, last]) => `${monthName(first)} to ${monthName(last)}`;

function list(title, rows, most, follow) {
  if (!rows.length) return null;
  return h("div", { class: "movers" }, h("h4", {}, title), h("ol", {}, rows.map((row) => item(row, most, follow))));
}

function item(row, most, follow) {
  const kind = row.change_points >= 0 ? "up" : "down";
  const before = row.kind === "new" ? "not named a year before" : `${count(row.earlier_mention_count)} of ${count(row.earlier_total_jobs)} a year before`;
  return h("li", {},
    hasTechnology(row.technology_id)
      ? h("button", { type: "button", class: "name", title: `Show the trend of ${row.name}`, onclick: () => follow(row.name) }, row.name)
      : h("span", { class: "name" }, row.name),
    forest({ total: row.change_points, low: row.low, high: row.high }, most, kind),
    h("span", { class: `number strong ${kind}` }, signed(row.change_points)),
    h("span", { class: "number muted range" }, pointsInterval(row.low, row.high)),
    h("span", { class: "carry muted" }, `${count(row.mention_count)} of ${count(row.total_jobs)}, ${before}`));
}
