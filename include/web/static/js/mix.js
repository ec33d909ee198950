// Ways of working, roles and levels: shares now with their change, or as lines over time.

import { ask } from "./api.js";
import { bars } from "./bars.js";
import { Card, enough } from "./card.js";
import { changeWords, inPoints, tone } from "./changes.js";
import { chartElement, draw, monthTicks, seriesColor } from "./charts.js";
import { byId, h } from "./dom.js";
import { facts } from "./facts.js";
import { count, label, monthName, percent, plural, signed } from "./format.js";
import { lines } from "./lines.js";
import { span } from "./months.js";
import { segments } from "./segments.js";
import { isOfOneCompany, monthly, state } from "./state.js";

const UNSTATED = "unspecified";
const MOST_LINES = 8;

export class MixCard {
  /** `dimension` of the API; `view`: the name of the state that says how it is shown. */
  constructor(id, dimension, view, notify = () => {}) {
    Object.assign(this, { card: new Card(id), id, dimension, view, notify });
    if (byId(`${id}-view`)) segments(`${id}-view`, view, () => this.card.redraw());
  }

  load() {
    return this.card.fill(async () => {
      const { summary } = await facts();
      return summary.last_month ? ask(this.id, "market", monthly(span(summary), { dimension: this.dimension })) : { data: [], meta: {} };
    }, (answer) => this.show(answer));
  }

  redraw() {
    this.card.redraw();
  }

  show({ data, meta }) {
    const series = seriesOf(data);
    this.notify(series, meta);
    if (this.card.lacks(meta)) return;
    if (meta.whole && isOfOneCompany()) return this.showWhole(data, meta.whole);
    if (!series.length) return this.card.empty("Nothing stated", "None of the matching postings says it.");
    const unstated = newest(data.filter((row) => row.value === UNSTATED));
    this.card.show(table(this.dimension, data), { isGrey: enough(meta) === "grey" },
      ...(state[this.view] === "lines" ? this.lines(series) : [rankedBars(series, meta.change ?? {})]),
      h("p", { class: "note" }, notes(unstated, state[this.view] !== "lines" && meta.change)));
  }

  /** Show the shares over all months together: those of one company are too few a month. */
  showWhole(data, whole) {
    const values = Object.entries(whole).sort(([, a], [, b]) => b.postings - a.postings);
    if (!values.length) return this.card.empty("Too few state it", "A share needs at least ten postings that do.");
    const [, { stated }] = values[0];
    this.card.show(table(this.dimension, data), { isGrey: enough({ counted: { postings: stated } }) === "grey" },
      bars(values.map(([value, one]) => ({ ...one, name: label(value), note: count(one.postings) })), { share: "of postings", note: "postings" }),
      h("p", { class: "note" }, `Of ${plural(stated, "posting")} that ${stated === 1 ? "states" : "state"} one.`));
  }

  lines(series) {
    const shown = series.slice(0, MOST_LINES);
    const chart = chartElement(`Lines of shares by month, three months pooled. ${describe(shown)}`);
    if (!this.card.asTable) {
      draw(chart, lines(shown), { height: 260, xaxis: monthTicks(shown[0].points.length), yaxis: { tickformat: ".0%" } });
    }
    return [h("ul", { class: "legend" }, shown.map((one, i) =>
      h("li", {}, h("i", { class: "swatch", style: { background: seriesColor(i) } }), one.name))), chart];
  }
}

function notes(unstated, change) {
  return [unstated ? `${percent(unstated.pooled_share ?? unstated.share, 0)} state none; the shares are of those that do.` : "",
    change ? "In a year: points, 12 whole months against the 12 before; ≈ is no change beyond noise." : ""].join(" ");
}

const newest = (points) => points.findLast((point) => !point.is_running);

/** Return the stated values as series, the most frequent first. */
function seriesOf(data) {
  const values = [...new Set(data.map((row) => row.value))].filter((value) => value !== UNSTATED && value !== "any");
  return values.map((value) => ({
    value, name: label(value),
    points: data.filter((row) => row.value === value).map((row) => ({ ...row, share: row.share_of_stated ?? row.share, part: row.postings_count, whole: row.total_jobs })),
  })).sort((a, b) => (newest(b.points)?.pooled_share ?? 0) - (newest(a.points)?.pooled_share ?? 0));
}

function rankedBars(series, changes) {
  return bars(series.filter((one) => newest(one.points)).map((one) => {
    const point = newest(one.points);
    const change = inPoints(changes[one.value]);
    return {
      name: one.name, share: point.pooled_share, low: point.low, high: point.high,
      note: change ? changed(change) : "",
    };
  }), { share: "of postings", note: "in a year" });
}

function changed(change) {
  const words = `12 months against 12: ${changeWords(change)}${split(change)}`;
  return h("span", { class: `change ${tone(change)}`, title: words },
    h("span", { "aria-hidden": "true" }, tone(change) === "muted" ? "≈" : signed(change.total)), h("span", { class: "visually-hidden" }, words));
}

const split = ({ within, mix }) => (within === null || within === undefined ? "" : `. Within role and level ${signed(within)}, by their mix ${signed(mix)}`);

const describe = (series) => series.map((one) => `${one.name} ${percent(newest(one.points)?.pooled_share ?? null, 0)}`).join(", ")
  + (newest(series[0].points) ? ` in ${monthName(newest(series[0].points).month)}.` : ".");

const table = (dimension, data) => ({
  columns: ["month", dimension, "postings", "of", "share", "share of 3 months", "low (95 %)", "high (95 %)", "running month"],
  rows: data.map((row) => [row.month, label(row.value), row.postings_count, row.total_jobs, row.share_of_stated ?? row.share, row.pooled_share ?? null,
    row.low ?? null, row.high ?? null, row.is_running ? "yes" : "no"]),
});
