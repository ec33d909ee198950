// The short numbers, and the top skills as bars.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { byId, h } from "./dom.js";
import { facts } from "./facts.js";
import { count, dayName, monthName, money, percent, signed } from "./format.js";
import { state } from "./state.js";

const card = new Card("skills");
const tiles = { postings: null, companies: null, remote: null, salary: null };

export const filters = () => ({
  location: state.location || "Anywhere", role: state.role, level: state.level,
  source: state.source, days: state.days,
});

export function loadSkills(follow) {
  return card.fill(gather, (found) => show(found, follow));
}

async function gather() {
  const [answer, { summary }] = await Promise.all([ask("skills", "insights", filters()), facts()]);
  return answer && { answer, summary };
}

function show({ answer, summary }, follow) {
  card.scope.textContent = `${answer.subtitle}${summary.as_of ? `, counted back from ${dayName(summary.as_of)}` : ""}`;
  byId("announce").textContent = answer.subtitle;
  setTile("postings", "Postings", count(answer.totals.postings_count), answer.title);
  setTile("companies", "Companies", count(answer.totals.unique_companies_count), "named in these postings");
  if (!answer.skills.length) {
    return card.empty("No posting matches", "Try a larger window, another place, or fewer filters.");
  }
  const most = Math.max(...answer.skills.map((skill) => skill.pct), 1);
  const rows = answer.skills.map((skill) => [skill.name, skill.count, skill.pct]);
  card.show({ columns: ["skill", "postings", "per cent"], rows },
    h("ol", { class: "bars" }, answer.skills.map((skill) => bar(skill, most, follow))));
}

function bar(skill, most, follow) {
  return h("li", {},
    h("button", { type: "button", class: "name", title: `Show the trend of ${skill.name}`, onclick: () => follow(skill.name) }, skill.name),
    h("span", { class: "track", "aria-hidden": "true" }, h("span", { class: "fill", style: { width: `${(100 * skill.pct) / most}%` } })),
    h("span", { class: "number strong" }, `${skill.pct} %`),
    h("span", { class: "number muted" }, count(skill.count)));
}

function setTile(name, title, value, note) {
  tiles[name] = h("div", { class: "tile" },
    h("p", { class: "tile-title" }, title), h("p", { class: "tile-value" }, value),
    h("p", { class: "tile-note" }, note));
  byId("tiles").replaceChildren(...Object.values(tiles).filter(Boolean));
}

/** Show the newest month's remote share, with its change within a year. */
export function remoteTile(points) {
  const newest = points.at(-1);
  if (!newest) return;
  const before = points.at(-13);
  const change = before ? 100 * (newest.share - before.share) : null;
  const note = change === null ? monthName(newest.month) : `${signed(change)} points in a year, ${monthName(newest.month)}`;
  setTile("remote", "Can be done remotely", percent(newest.share, 0), note);
}

export function salaryTile(row) {
  if (!row) return;
  setTile("salary", `Median salary (${row.currency})`, money(row.median, row.currency),
    `${count(row.postings_count)} postings with pay, ${monthName(row.month)}`);
}
