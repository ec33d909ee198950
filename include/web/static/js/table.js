// A table of plain values: shown, copied as tab-separated text, saved as CSV.

import { h } from "./dom.js";

// A spreadsheet would run a cell that begins like a formula (https://owasp.org/www-community/attacks/CSV_Injection).
// Where `;` or a tab is the separator it reads our quotes as text, so that a cell may begin after
// each of these, and after a line's end; spaces and quotes before the sign do not keep it from that.
const FORMULA = /(^|[;\t\r\n])(?=[\s"]*[=+\-@＝＋－＠])|^(?=[\t\r\n])/g;

function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  return String(value).replaceAll(FORMULA, "$&'");
}

const quoted = (value) => `"${cell(value).replaceAll('"', '""')}"`;

/** Return RFC 4180 text of `{columns: [name], rows: [[value]]}`. */
export function csv({ columns, rows }) {
  return [columns, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
}

export function tsv({ columns, rows }) {
  const plain = (value) => cell(value).replaceAll(/[\t\r\n]+/g, " ");
  return [columns, ...rows].map((row) => row.map(plain).join("\t")).join("\n");
}

export function save(name, table) {
  const url = URL.createObjectURL(new Blob(["\ufeff", csv(table)], { type: "text/csv;charset=utf-8" }));
  h("a", { href: url, download: `techpulse-${name}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Return the table as an element; numbers are aligned on the right. */
export function tableElement({ columns, rows, caption }) {
  const numeric = columns.map((_, i) => rows.some((row) => typeof row[i] === "number"));
  const align = (i) => (numeric[i] ? { class: "number" } : {});
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table: ${caption}` },
    h("table", {},
      h("caption", { class: "visually-hidden" }, caption),
      h("thead", {}, h("tr", {}, columns.map((name, i) => h("th", { scope: "col", ...align(i) }, name)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((value, i) =>
        h("td", align(i), value === null ? "–" : typeof value === "number" ? shown(value) : String(value))))))));
}

const shown = (value) => (Number.isInteger(value) ? value.toLocaleString("en-US") : String(Math.round(value * 100) / 100));
