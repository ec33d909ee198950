// Changes in points with their intervals, drawn around zero; within noise where they cross it.

import { h } from "./dom.js";
import { pointsInterval, signed } from "./format.js";

/** Return a change of a share, which the API gives in fractions of 1, in points. */
export const inPoints = (change) => change && Object.fromEntries(Object.entries(change).map(([name, value]) => [name, 100 * value]));
export const isNoise = ({ low, high }) => low === null || low === undefined || (low <= 0 && high >= 0);
export const tone = (change) => (isNoise(change) ? "muted" : change.total >= 0 ? "up" : "down");

/** Return a change in words: points, or that it is within noise. */
export const changeWords = (change) => (isNoise(change)
  ? `no change beyond noise (${pointsInterval(change.low, change.high)} points)`
  : `${signed(change.total)} points (${pointsInterval(change.low, change.high)})`);

/** Return a dot with its whisker on an axis from -most to +most. */
export function forest({ total, low, high }, most, kind) {
  const at = (value) => 50 + (50 * Math.max(-most, Math.min(value, most))) / most;
  return h("span", { class: `forest ${kind}`, "aria-hidden": "true" },
    h("i", { class: "zero" }),
    h("i", { class: "whisker", style: { left: `${at(low)}%`, width: `${at(high) - at(low)}%` } }),
    h("i", { class: "dot", style: { left: `${at(total)}%` } }));
}
