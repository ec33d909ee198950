// Lines of shares by month: three months pooled, their interval as a band, single months as dots,
// the running month as a hollow dot that is in no line.

import { band, seriesColor, surface } from "./charts.js";
import { count, percent } from "./format.js";

const DOTTED_MONTHS = 60; // over more, dots of single months only blur
const BANDED = 6; // bands of more lines hide each other

/** Return traces of `[{name, points: [{month, share, pooled_share, low, high, is_running, part, whole}]}]`. */
export function lines(series, colors = series.map((_, i) => seriesColor(i))) {
  const banded = series.length <= BANDED ? series.flatMap((one, i) => bandOf(one.points.filter((point) => !point.is_running), colors[i])) : [];
  return [...banded, ...series.flatMap((one, i) => [line(one, colors[i]), dots(one, colors[i], series.length), running(one, colors[i])].filter(Boolean))];
}

const days = (points) => points.map((point) => `${point.month}-01`);
const carried = (point) => (point.whole === undefined ? "" : ` · ${count(point.part)} of ${count(point.whole)} that month`);

const bandOf = (points, color) => band(days(points), points.map((point) => point.low), points.map((point) => point.high), color);

function line({ name, points }, color) {
  const whole = points.filter((point) => !point.is_running);
  return {
    type: "scatter", mode: whole.length === 1 ? "markers" : "lines", name, x: days(whole),
    y: whole.map((point) => point.pooled_share), line: { color, width: 2.4, shape: "spline", smoothing: 0.4 }, marker: { color },
    customdata: whole.map((point) => ` (${percent(point.low)} to ${percent(point.high)})${carried(point)}`),
    hovertemplate: "%{y:.1%}%{customdata}",
  };
}

function dots({ points }, color, lines) {
  const whole = points.filter((point) => !point.is_running && point.share !== null);
  if (whole.length > DOTTED_MONTHS || lines > BANDED) return null;
  return { type: "scatter", mode: "markers", x: days(whole), y: whole.map((point) => point.share), marker: { color, size: 4, opacity: 0.35 }, hoverinfo: "skip" };
}

function running({ name, points }, color) {
  const open = points.filter((point) => point.is_running && point.share !== null);
  if (!open.length) return null;
  return {
    type: "scatter", mode: "markers", name, x: days(open), y: open.map((point) => point.share),
    marker: { color: surface(), size: 8, line: { color, width: 2 } },
    customdata: open.map((point) => ` so far${carried(point)}`), hovertemplate: "%{y:.1%}%{customdata}",
  };
}
