import { h } from "./dom.js";
import { valueColor } from "./charts.js";
import { label } from "./format.js";

/** Return values with their colours, for charts whose colours have no chips of their own. */
export function legend(values) {
  return h("ul", { class: "legend" }, values.map((value, i) =>
    h("li", {}, h("i", { class: "swatch", style: { background: valueColor(value, i) } }), label(value))));
}
