// How old the newest posting of each source is, beside the last load.

import { Card } from "./card.js";
import { byId, h, outsideLink } from "./dom.js";
import { facts } from "./facts.js";
import { age, count, dayAge, dayName, plural } from "./format.js";
import { site } from "./site.js";

const OLD_DAYS = 45; // a month's thread, and half of the next: older is no market of today
const card = new Card("freshness");

export const loadFreshness = () => card.fill(async () => (await facts()).summary, show);

const isOld = (source) => source.newest_posting_age_days === null || source.newest_posting_age_days > OLD_DAYS;
// Loads are the operator's business, whom a site's reader is not.
const isLoaded = (source) => site || (!source.stale && source.reconciled);

/** Say in the page's head how old the newest posting is, and whether a load needs attention. */
export function freshnessPill(summary) {
  const pill = byId("freshness-pill");
  const troubled = summary.sources.filter((source) => !isLoaded(source)).length;
  const youngest = Math.min(...summary.sources.map((source) => source.newest_posting_age_days ?? Infinity));
  const isStale = youngest > OLD_DAYS;
  pill.className = `pill ${troubled || isStale ? "warn" : "good"}`;
  const newest = Number.isFinite(youngest) ? `Newest posting ${dayAge(youngest)}` : "No postings";
  pill.replaceChildren(h("i", { class: "dot" }), troubled && !isStale ? `${newest}, ${plural(troubled, "source needs", "sources need")} attention` : newest);
  pill.hidden = false;
}

function show(summary) {
  const { sources } = summary;
  card.say(`${count(summary.postings_count)} postings in the store, ${count(summary.duplicates_count)} of them repeated; published ${new Date(summary.published_at).toUTCString().slice(5, 22)} UTC`);
  if (!sources.length) return card.empty("Nothing loaded yet", "Run the source DAGs, then the analytics DAG.");
  const columns = ["source", "postings", "newest posting", "age of it (days)", "last load", "loaded (hours ago)", "stale", "adds up"];
  const rows = sources.map((source) => [source.attribution.name, source.postings_count, source.newest_posting_day, source.newest_posting_age_days,
    source.last_load_at, source.age_hours, source.stale ? "yes" : "no", source.reconciled ? "yes" : "no"]);
  card.show({ columns, rows }, {},
    h("ul", { class: "sources" }, sources.map(sourceItem)),
    site ? "" : h("p", { class: "note" }, h("a", { href: "operators" }, "Loads and rejects"), " are on a page of their own."));
}

function sourceItem(source) {
  const troubles = site ? [] : [source.stale ? "stale" : null, source.reconciled ? null : "last load does not add up",
    source.missing ? `${plural(source.missing, "record")} missing` : null,
    source.rejected ? `${plural(source.rejected, "record")} rejected` : null].filter(Boolean);
  const day = source.newest_posting_day;
  return h("li", { class: isOld(source) || !isLoaded(source) ? "warn" : "good" },
    h("p", {}, outsideLink(source.attribution.url, source.attribution.name), h("span", { class: "muted" }, ` ${plural(source.postings_count, "posting")}`)),
    h("p", { class: "newest" }, day ? `Newest posting ${dayAge(source.newest_posting_age_days)}` : "No posting", day ? h("span", { class: "muted" }, ` ${dayName(day)}`) : ""),
    h("p", { class: "muted" }, `Last load ${age(source.age_hours)}${troubles.length ? `: ${troubles.join(", ")}` : ""}`));
}
