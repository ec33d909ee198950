// For operators: the load ledger and what could not be read.

import { ask } from "./api.js";
import { Card } from "./card.js";
import { adoptLinks, h } from "./dom.js";
import { facts } from "./facts.js";
import { nameSources } from "./footer.js";
import { age, count, plural } from "./format.js";

const SHOWN = 50;
const ledger = new Card("loads");
const rejects = new Card("rejects");

ledger.fill(() => ask("loads", "loads", { limit: SHOWN }), ({ data, meta }) => {
  ledger.say(`${plural(meta.total_count, "load")}, newest first`);
  if (!data.length) return ledger.empty("Nothing loaded yet", "Run the source DAGs.");
  ledger.show({
    columns: ["source", "partition", "run", "started", "committed", "expected", "fetched", "inserted", "updated", "unchanged", "rejected", "missing",
      "tombstones", "filtered", "adds up"],
    rows: data.map((row) => [row.source, row.partition, row.run_id, row.started_at, row.committed_at, row.expected, row.fetched, row.inserted,
      row.updated, row.unchanged, row.rejected, row.missing, row.tombstones, row.filtered, row.reconciled ? "yes" : "no"]),
  }, {}, ledgerTable(data));
});

rejects.fill(async () => (await facts()).summary, (summary) => {
  nameSources(summary);
  rejects.say(`Published ${new Date(summary.published_at).toUTCString().slice(5, 22)} UTC`);
  if (!summary.rejects.length) return rejects.empty("No rejects", "Every record could be read.");
  const columns = ["source", "reason", "state", "records", "last seen"];
  const rows = summary.rejects.map((row) => [row.source, row.reason_code, row.state, row.records_count, row.last_seen_at]);
  rejects.show({ columns, rows }, {}, table("Rejects", ["Records", "Source", "Reason", "State"], summary.rejects.map((row) =>
    [count(row.records_count), row.source, row.reason_code.replaceAll("_", " "), row.state])));
});

const ledgerTable = (rows) => table("Load ledger", ["Source", "Partition", "Committed", "Expected", "New", "Same", "Rejected", "Missing", "Adds up"], rows.map((row) =>
  [row.source, row.partition ?? "", age((Date.now() - Date.parse(row.committed_at)) / 3_600_000), count(row.expected), count(row.inserted), count(row.unchanged),
    count(row.rejected), count(row.missing), h("span", { class: row.reconciled ? "up" : "down" }, row.reconciled ? "✓ adds up" : "✗ does not add up")]));

const table = (name, head, rows) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table: ${name}` }, h("table", { class: "compact" },
  h("thead", {}, h("tr", {}, head.map((text) => h("th", { scope: "col" }, text)))),
  h("tbody", {}, rows.map((row) => h("tr", {}, row.map((value) => h("td", {}, value)))))));

adoptLinks(document);
