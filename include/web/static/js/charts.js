// Line, band and area charts by Plotly, in the page's own colours. The library is large, so it
// is fetched with the first chart, and cached by the browser permanently.

import { h } from "./dom.js";

let library = null;

function plotly() {
  library ??= new Promise((resolve, reject) => {
    const script = h("script", { src: document.body.dataset.charts, onload: () => resolve(window.Plotly), onerror: reject });
    document.head.append(script);
  });
  return library;
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const seriesColor = (i) => token(`--series-${(i % 10) + 1}`);

export const neutral = () => token("--neutral");
export const surface = () => token("--surface");

function layout(extra) {
  const text = token("--muted");
  const axis = {
    color: text, gridcolor: token("--grid"), linecolor: token("--border"), zeroline: false,
    tickfont: { size: 11 }, fixedrange: true, automargin: true,
  };
  return {
    autosize: true, height: 320, margin: { l: 8, r: 12, t: 8, b: 8 },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: token("--font"), color: token("--text"), size: 12 },
    showlegend: false, hovermode: "x unified", barcornerradius: 3, bargap: 0.25, dragmode: false,
    hoverlabel: { bgcolor: token("--surface"), bordercolor: token("--border"), font: { color: token("--text"), size: 12 } },
    ...extra,
    xaxis: { ...axis, type: "date", showgrid: false, hoverformat: "%b %Y", ...extra.xaxis },
    yaxis: { ...axis, rangemode: "tozero", ...extra.yaxis },
    ...(extra.yaxis2 ? { yaxis2: { ...axis, rangemode: "tozero", ...extra.yaxis2 } } : {}),
  };
}

/** Return ticks that never fall between months. */
export const monthTicks = (months) => (months <= 12 ? { dtick: "M1", tickformat: "%b\n%Y" } : {});

const ALPHA = "2e"; // of a band, in hexadecimal
/** Return the two traces of a band between `low` and `high`. */
export const band = (x, low, high, color) => [low, high].map((y, i) => ({
  type: "scatter", mode: "lines", x, y, line: { width: 0 }, hoverinfo: "skip", connectgaps: false,
  ...(i ? { fill: "tonexty", fillcolor: color + ALPHA } : {}),
}));

/** Draw traces into `element`, which has a text description for screen readers. */
export async function draw(element, traces, extra = {}) {
  const Plotly = await plotly();
  if (!element.isConnected) return;
  await Plotly.react(element, traces, layout(extra), { displayModeBar: false, responsive: true });
}

export const chartElement = (description) => h("div", { class: "chart", role: "img", "aria-label": description });
