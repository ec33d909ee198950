// Skills whose share changed most within a year, with the counts that carry them.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { h } from "./dom.js";
import { count, monthName, signed } from "./format.js";

const card = new Card("movers");

export function loadMovers(follow) {
  return card.fill(() => ask("movers", "movers", { top: 6 }), (answer) => show(answer, follow));
}

function show({ data, meta }, follow) {
  if (!data.length) {
    card.scope.textContent = "";
    return card.empty("Nothing to compare yet", "Movers need the same three months in two years.");
  }
  card.scope.textContent = `Share of Hacker News postings, ${monthName(meta.start_date)} to ${monthName(meta.end_date)}, against a year before`;
  const columns = ["skill", "change (points)", "mentions", "jobs", "mentions a year before", "jobs a year before"];
  const rows = data.map((row) => [row.name, row.change_points, row.mention_count, row.total_jobs, row.earlier_mention_count, row.earlier_total_jobs]);
  card.show({ columns, rows }, ...["rising", "falling"].map((direction) => list(direction, data, follow)));
}

function list(direction, data, follow) {
  const rows = data.filter((row) => row.direction === direction);
  if (!rows.length) return null;
  return h("div", { class: `movers ${direction}` },
    h("h3", {}, direction === "rising" ? "▲ Rising" : "▼ Falling"),
    h("ol", {}, rows.map((row) => h("li", {},
      h("button", { type: "button", class: "name", title: `Show the trend of ${row.name}`, onclick: () => follow(row.name) }, row.name),
      h("span", { class: "number strong change" }, `${signed(row.change_points)} pts`),
      h("span", { class: "number muted carry" },
        `${count(row.earlier_mention_count)} of ${count(row.earlier_total_jobs)} → ${count(row.mention_count)} of ${count(row.total_jobs)}`)))));
}
