// What a card shows instead of figures: that it waits, has too little, or failed.

import { h } from "./dom.js";
import { nearestButton } from "./nearest.js";

const BONES = [88, 72, 64, 50, 38]; // per cent of the width

export const waiting = () => h("div", { class: "state loading", role: "img", "aria-label": "Loading" },
  BONES.map((width) => h("span", { class: "bone", style: { width: `${width}%` } })));

export const emptied = (title, advice, nearest) => h("div", { class: "state" },
  h("strong", {}, title), h("p", {}, advice), nearest ? nearestButton(nearest) : null);

export const failed = (message, again) => h("div", { class: "state error", role: "alert" },
  h("strong", {}, "This could not be loaded"), h("p", {}, message),
  h("button", { type: "button", class: "ghost", onclick: again }, "Try again"));
