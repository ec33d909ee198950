import { h } from "./dom.js";
import { seriesColor } from "./charts.js";

/** Return names with their colours, for charts whose colours have no chips of their own. */
export function legend(names) {
  return h("ul", { class: "legend" }, names.map((name, i) =>
    h("li", {}, h("i", { class: "swatch", style: { background: seriesColor(i) } }), name)));
}
