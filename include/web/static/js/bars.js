// Ranked shares as bars, with their 95 % interval as a whisker.

import { h } from "./dom.js";
import { interval, percent } from "./format.js";

const FIRST = 12; // rows that are shown before one asks for more

/**
 * Return a list of `[{name, share, low, high, note, joined, act, title, isGrey}]` under a head. `act`
 * makes the name a button; `joined` brackets a row with the next one; `note` is the last column.
 */
export function bars(rows, { digits = 0, share = "share", note = "", first = FIRST } = {}) {
  const most = Math.max(...rows.map((row) => row.high ?? row.share), 0.01);
  const items = rows.map((row, i) => bar(row, most, digits, { next: row.joined, previous: rows[i - 1]?.joined ?? false }));
  return h("div", { class: "bars" }, barsHead(["", "", share, "95 % interval", note]), h("ol", {}, items), moreOf(items, first));
}

/** Hide the items after the first ones; return the button that shows them, or null. */
function moreOf(items, first) {
  const rest = items.length > first + 2 ? items.slice(first) : [];
  for (const item of rest) item.hidden = true;
  return rest.length ? h("button", { type: "button", class: "quiet rest", onclick: show }, `Show ${rest.length} more`) : null;

  function show(event) {
    for (const item of rest) item.hidden = false;
    event.currentTarget.remove();
    rest[0].tabIndex = -1; // the focus goes on where the button was
    rest[0].focus();
  }
}

const HEADS = ["name", "", "number", "number range", "number count"];
export const barsHead = (names) => h("div", { class: "bars-head" }, names.map((name, i) => h("span", { class: HEADS[i] }, name)));

function bar(row, most, digits, joined) {
  const bracket = ["bracket", joined.previous ? "" : "first", joined.next ? "" : "last"].join(" ").trim();
  return h("li", { class: row.isGrey ? "grey" : null },
    h("span", { class: "name" }, joined.next || joined.previous ? h("i", { class: bracket, title: "About equal: their intervals overlap" }) : null, named(row)),
    track(row, most),
    h("span", { class: "number strong" }, percent(row.share, digits)),
    h("span", { class: "number muted range" }, interval(row.low, row.high, digits)),
    h("span", { class: "number muted count" }, row.note ?? ""));
}

const named = (row) => (row.act
  ? h("button", { type: "button", title: row.title, onclick: row.act }, row.name)
  : h("span", {}, row.name));

function track({ share, low, high }, most) {
  const at = (value) => `${(100 * value) / most}%`;
  const whisker = low === null || low === undefined ? null
    : h("i", { class: "whisker", style: { left: at(low), width: at(high - low) } });
  return h("span", { class: "track", "aria-hidden": "true" }, h("i", { class: "fill", style: { width: at(share) } }), whisker);
}
