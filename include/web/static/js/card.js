// A card: loading, empty, failed or filled. Each says what it counts and how, and its numbers can
// be copied, saved, read as a table and linked to.

import { ApiError } from "./api.js";
import { clipboard } from "./clipboard.js";
import { byId, h } from "./dom.js";
import { emptied, failed, waiting } from "./states.js";
import { site } from "./site.js";
import { addressOf } from "./state.js";
import { save, tableElement, tsv } from "./table.js";

const GREY = 10;
const FULL = 30;

/** Return whether an answer has enough to be shown: "full", "grey" or "none". */
export function enough({ enough: said, counted }) {
  if (said || !counted) return said ?? "full";
  return counted.postings >= FULL ? "full" : counted.postings >= GREY ? "grey" : "none";
}

export class Card {
  constructor(id) {
    this.id = id;
    this.element = byId(`${id}-card`);
    this.body = byId(id);
    this.counted = byId(`${id}-counted`);
    this.title = byId(`${id}-title`).textContent;
    this.table = null;
    this.asTable = false;
    this.element.querySelector("header").append(this.actions());
  }

  actions() {
    const button = (text, props) => h("button", { type: "button", class: "quiet", "aria-label": `${text}: ${this.title}`, ...props }, text);
    this.how = button("How", { "aria-label": `How it is counted: ${this.title}`, "aria-expanded": "false", "aria-controls": `${this.id}-how`, onclick: () => this.explain() });
    this.toggle = button("Table", { "aria-pressed": "false", onclick: () => this.flip() });
    this.ofNumbers = [this.toggle,
      button("Copy", { onclick: (event) => clipboard(event.currentTarget, this.title, tsv(this.table)) }),
      button("CSV", { onclick: () => save(this.id, this.table) })];
    this.offer(false);
    const link = h("a", { class: "quiet", href: `#${this.id}-card`, "aria-label": `Link to this card: ${this.title}` }, "Link");
    link.addEventListener("click", () => clipboard(link, this.title, addressOf(this.id), "Link copied"));
    return h("div", { class: "actions" }, this.how, ...this.ofNumbers, link);
  }

  offer(numbers) {
    for (const button of this.ofNumbers) button.hidden = !numbers;
  }

  /** Load data and show it; `load` returns null when a newer request has replaced it. */
  async fill(load, show) {
    if (site && this.element.hidden) return; // a card that needs a server
    this.element.setAttribute("aria-busy", "true");
    if (!this.body.children.length || this.body.querySelector(".state")) {
      this.offer(false);
      this.body.replaceChildren(waiting());
    }
    try {
      const data = await load();
      if (data === null) return;
      this.draw = () => show(data);
      this.redraw();
    } catch (error) {
      if (!(error instanceof ApiError)) console.error(error);
      this.offer(false);
      this.say("");
      this.body.replaceChildren(failed(error instanceof ApiError ? error.message : "This card could not be shown.", () => this.fill(load, show)));
    }
    this.element.removeAttribute("aria-busy");
  }

  redraw() {
    if (!this.draw) return;
    this.draw();
    if (this.asTable && this.table) this.body.replaceChildren(tableElement(this.table));
  }

  /** Say what the card counts. */
  say(line) {
    this.counted.textContent = line ?? "";
  }

  /** Show elements, and the table of the same numbers. `isGrey`: they rest on few. */
  show(table, { isGrey = false } = {}, ...children) {
    this.table = { ...table, caption: this.title };
    this.offer(true);
    const few = isGrey ? h("p", { class: "few" }, "Fewer than 30: read it with care.") : null;
    if (!this.asTable) this.body.replaceChildren(...[few, ...children].filter(Boolean));
    this.body.classList.toggle("grey", isGrey);
  }

  /** Say that there is nothing to show, and offer the filter nearest to this one that has enough. */
  empty(title, advice, nearest = null) {
    this.table = null;
    this.offer(false);
    this.body.classList.remove("grey");
    this.body.replaceChildren(emptied(title, advice, nearest));
  }

  /** Show whether the answer `meta` has too little, and return whether it has. */
  lacks(meta, title = "Too little to say", advice = "Fewer than 10 match: any figure of them would be chance.") {
    this.say(meta.counted?.line);
    if (enough(meta) !== "none") return false;
    this.empty(title, advice, meta.nearest);
    return true;
  }

  explain() {
    const panel = byId(`${this.id}-how`);
    panel.hidden = !panel.hidden;
    this.how.setAttribute("aria-expanded", String(!panel.hidden));
  }

  flip() {
    this.asTable = !this.asTable;
    this.toggle.setAttribute("aria-pressed", String(this.asTable));
    this.redraw();
  }
}
