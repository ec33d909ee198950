// A company's page: the dashboard's cards of its postings, the names that were joined, and why.

import { ask } from "./api.js";
import { adoptLinks, byId } from "./dom.js";
import { facts, whenKnown } from "./facts.js";
import { loadFew } from "./few.js";
import { nameSources } from "./footer.js";
import { count, dayName, monthName, plural } from "./format.js";
import { MixCard } from "./mix.js";
import { before } from "./months.js";
import { learn } from "./names.js";
import { loadOpen, redrawOpen } from "./open.js";
import { loadPay, redrawPay, startPay } from "./pay.js";
import { loadPlaces, startPlaces } from "./places.js";
import { loadPostings } from "./postings.js";
import { loadNames } from "./joined.js";
import { segments } from "./segments.js";
import { insights, loadSkills } from "./skills.js";
import { change, dashboardAddress, question, readState, state } from "./state.js";
import { askPay, put } from "./tiles.js";
import { loadVolume, redrawVolume } from "./volume.js";

readState();
const mixes = [new MixCard("ways", "way", "ways"), new MixCard("roles", "roles", "roles_view"), new MixCard("levels", "levels", "levels_view")];
const ESTIMATED = ["skills", "ways", "roles", "levels", "pay", "places"];

/** Have every card count the time chosen, in whole months. */
async function setWindow() {
  const { summary } = await facts();
  const months = Number(state.months);
  change({ start_date: months && summary.last_month ? before(summary.last_month, months - 1) : "" });
}

async function follow(name) {
  const { technologies } = await facts();
  const found = technologies.find((one) => one.name === name);
  if (found) location.assign(dashboardAddress({ tech: found.technology_id }, "trends"));
}

async function loadAll() {
  await setWindow();
  const answer = ask("company", "company", question());
  await Promise.allSettled([loadNames(answer), loadFew(answer), loadPostings(), byAnswer(answer)]);
}

async function byAnswer(answer) {
  const found = await answer;
  if (!found) return;
  const { data: [company], meta } = found;
  const isFew = meta.enough === "none";
  for (const card of ESTIMATED) byId(`${card}-card`).hidden = isFew;
  showTiles(meta);
  const open = new Map(meta.months.filter((month) => month.open_jobs !== null).map((month) => [month.month, month.open_jobs]));
  await Promise.allSettled([loadVolume(open), loadOpen(unread(company)),
    ...(isFew ? [] : [loadSkills(follow, insights), loadPay(), loadPlaces(), ...mixes.map((mix) => mix.load())])]);
}

function unread({ boards }) {
  const known = boards.filter((one) => !one.is_read).map((one) => one.board.replace(":", "://"));
  return `None of its boards is read, so its open jobs and days open are not known. ${known.length
    ? `Its postings link to ${known.join(", ")}; python -m include.cli boards add ${known[0]} has it read daily.` : "Its postings link to none."}`;
}

function showTiles({ counted, open_now: open, months, few }) {
  const posted = months.filter((month) => month.postings);
  put("postings", "Postings", count(counted.postings), `${plural(counted.jobs, "job")} in them`,
    counted.first_day ? `${dayName(counted.first_day)} to ${dayName(counted.last_day)}` : "none in this time");
  put("seen", "Months with a posting", count(posted.length), posted.length ? `of ${count(counted.months)}, ${monthName(posted[0].month)} to ${monthName(posted.at(-1).month)}` : "", "");
  put("open", "Open now", open === null ? "–" : count(open), open === null ? "not known" : "on the boards that are read",
    open === null ? "None of its boards is read" : "");
  if (few) put("pay", "State pay", count(few.pay.reduce((sum, one) => sum + one.postings, 0)), "see below", "too few for a median");
  else askPay();
}

function start() {
  startPay();
  startPlaces();
  segments("span", "months", loadAll);
  adoptLinks(document);
  document.addEventListener("themechange", () => { for (const redraw of [redrawVolume, redrawPay, redrawOpen]) redraw(); });
  whenKnown(({ summary, technologies }) => {
    learn("sources", summary.sources.map((source) => [source.source, source.attribution.name]));
    learn("technologies", technologies.map((one) => [one.technology_id, one.name]));
    nameSources(summary);
  });
  loadAll();
}

start();
