// Freshness of each source, rejects, and the newest rows of the load ledger.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { byId, h, outsideLink } from "./dom.js";
import { facts } from "./facts.js";
import { age, count, plural } from "./format.js";

const card = new Card("freshness");

export function loadFreshness() {
  return card.fill(async () => {
    const [{ summary }, ledger] = await Promise.all([facts(), ask("loads", "loads", { limit: 10 })]);
    return ledger && { summary, ledger };
  }, show);
}

const well = (source) => !source.stale && source.reconciled;

export function freshnessPill(summary) {
  const pill = byId("freshness-pill");
  const troubled = summary.sources.filter((source) => !well(source)).length;
  pill.className = `pill ${troubled ? "warn" : "good"}`;
  pill.replaceChildren(h("i", { class: "dot" }), troubled ? `${plural(troubled, "source needs", "sources need")} attention` : "All sources fresh");
  pill.hidden = false;
}

function show({ summary, ledger }) {
  const { sources, rejects } = summary;
  card.scope.textContent = `${count(summary.postings_count)} postings: ${count(summary.seniors_count)} senior and ${count(summary.duplicates_count)} duplicate ones do not count. Published ${new Date(summary.published_at).toUTCString().slice(5, 22)} UTC.`;
  if (!sources.length) return card.empty("Nothing loaded yet", "Run the source DAGs, then the analytics DAG.");
  const open = rejects.filter((row) => row.state === "open");
  card.show({
    columns: ["source", "partition", "run", "started", "committed", "expected", "fetched", "inserted", "updated", "unchanged", "rejected", "missing",
      "tombstones", "filtered", "adds up"],
    rows: ledger.data.map((row) => [row.source, row.partition, row.run_id, row.started_at, row.committed_at, row.expected, row.fetched, row.inserted,
      row.updated, row.unchanged, row.rejected, row.missing, row.tombstones, row.filtered, row.reconciled ? "yes" : "no"]),
  },
    h("ul", { class: "sources" }, sources.map(sourceItem)),
    h("div", { class: "columns" },
      h("div", {}, h("h3", {}, "Load ledger"), ledgerTable(ledger.data)),
      h("div", {}, h("h3", {}, "Open rejects"),
        open.length ? h("ul", { class: "plain" }, open.map((row) => h("li", {}, h("strong", {}, count(row.records_count)), ` ${row.source}: ${row.reason_code.replaceAll("_", " ")}`)))
          : h("p", { class: "muted" }, "None: every record could be read."))));
}

function sourceItem(source) {
  const troubles = [source.stale ? "stale" : null, source.reconciled ? null : "last load does not add up",
    source.missing ? `${plural(source.missing, "record")} missing` : null,
    source.rejected ? `${plural(source.rejected, "record")} rejected` : null].filter(Boolean);
  return h("li", { class: well(source) ? "good" : "warn" },
    h("p", {}, h("i", { class: "dot" }), outsideLink(source.attribution.url, source.attribution.name), h("span", { class: "muted" }, ` ${plural(source.postings_count, "posting")}`)),
    h("p", { class: "muted" }, `Last load ${age(source.age_hours)}${troubles.length ? `: ${troubles.join(", ")}` : ""}`));
}

function ledgerTable(rows) {
  const head = ["Source", "Partition", "Expected", "New", "Same", "Rejected", "Missing", ""];
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Load ledger" }, h("table", { class: "compact" },
    h("thead", {}, h("tr", {}, head.map((name, i) => h("th", { scope: "col", class: i > 1 ? "number" : "" }, name || h("span", { class: "visually-hidden" }, "Adds up"))))),
    h("tbody", {}, rows.map((row) => h("tr", {},
      h("td", {}, row.source), h("td", {}, row.partition ?? ""),
      ...[row.expected, row.inserted, row.unchanged, row.rejected, row.missing].map((value) => h("td", { class: "number" }, count(value))),
      h("td", { class: row.reconciled ? "up" : "down" }, row.reconciled ? "✓ adds up" : "✗ does not add up"))))));
}
