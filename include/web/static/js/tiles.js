// The short figures on top: each with its interval, of the same filter as the cards.

import { ask } from "./api.js";
import { enough } from "./card.js";
import { inPoints, isNoise } from "./changes.js";
import { byId, h } from "./dom.js";
import { count, dayName, interval, money, percent, plural, pointsInterval, signed } from "./format.js";
import { question, state } from "./state.js";

const tiles = { postings: null, companies: null, seen: null, open: null, remote: null, pay: null };

/** Show a tile, in the order of their names above. */
export function put(name, title, value, range, note) {
  tiles[name] = h("div", { class: "tile" },
    h("p", { class: "tile-title" }, title), h("p", { class: "tile-value" }, value),
    h("p", { class: "tile-range" }, range), h("p", { class: "tile-note" }, note));
  byId("tiles").replaceChildren(...Object.values(tiles).filter(Boolean));
}

export function countTiles({ counted, skills }) {
  put("postings", "Postings", count(counted.postings), `${plural(counted.jobs, "job")} in them`, window(counted));
  const most = skills[0];
  put("companies", "Companies", count(counted.companies), counted.companies ? `${(counted.jobs / counted.companies).toFixed(1)} jobs each` : "",
    most ? `Most ask for ${most.name}` : "");
}

const window = ({ first_day: first, last_day: last }) => (first ? `${dayName(first)} to ${dayName(last)}` : "");

/** Show the share that can be done remotely: wholly, or as one of several ways. */
export function remoteTile(_series, meta) {
  const title = "Can be done remotely";
  const now = meta.any_remote;
  if (!now || enough(meta) === "none") return put("remote", title, "–", "too few to say", "");
  const change = inPoints(meta.change?.any_remote);
  put("remote", title, percent(now.share, 0), `95 %: ${interval(now.low, now.high)}`, change ? inAYear(change) : "of those that state a way of working");
}

const inAYear = (change) => (isNoise(change)
  ? "No change beyond noise in a year" : `${signed(change.total)} points in a year (${pointsInterval(change.low, change.high)})`);

/** Request the median pay of the filter's window, and show it. */
export async function askPay() {
  let answer = null;
  try {
    answer = await ask("pay tile", "salaries", question({ by: "all" }));
  } catch {
    return put("pay", "Median pay", "–", "", ""); // the card of pay shows the error
  }
  if (answer) payTile(answer.data);
}

function payTile(data) {
  const rows = data.filter((row) => row.pooled_median !== null);
  const row = rows.find(({ currency }) => currency === state.currency) ?? rows[0];
  if (!row) return put("pay", "Median pay", "–", "too few state it", "");
  put("pay", `Median pay (${row.currency})`, money(row.pooled_median, row.currency),
    row.low === null ? "too few for an interval" : `95 %: ${money(row.low, row.currency)} to ${money(row.high, row.currency)}`,
    `${plural(row.n, "job")} of ${plural(row.companies_count, "company", "companies")}; ${percent(row.share_stating, 0)} state pay`);
}
