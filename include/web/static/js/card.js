// A card: loading, empty, failed or filled; its numbers can be copied, saved, and read as a table.

import { ApiError } from "./api.js";
import { byId, h } from "./dom.js";
import { save, tableElement, tsv } from "./table.js";

export class Card {
  /** `chart: true` offers a table of the chart's numbers. */
  constructor(id, { chart = false } = {}) {
    this.id = id;
    this.element = byId(`${id}-card`);
    this.body = byId(id);
    this.scope = byId(`${id}-scope`);
    this.title = byId(`${id}-title`).textContent;
    this.table = null;
    this.asTable = false;
    this.buttons = h("div", { class: "actions", hidden: true },
      chart ? this.toggle = h("button", { type: "button", class: "quiet", "aria-pressed": "false", onclick: () => this.flip() }, "Table") : null,
      h("button", { type: "button", class: "quiet", "aria-label": `Copy: ${this.title}`, onclick: (event) => this.copy(event.currentTarget) }, "Copy"),
      h("button", { type: "button", class: "quiet", "aria-label": `CSV: ${this.title}`, onclick: () => save(this.id, this.table) }, "CSV"));
    this.element.querySelector("header").append(this.buttons);
  }

  /** Load data and show it; `load` returns null when a newer request has replaced it. */
  async fill(load, show) {
    this.element.setAttribute("aria-busy", "true");
    if (!this.body.children.length || this.body.querySelector(".state")) this.wait();
    try {
      const data = await load();
      if (data === null) return;
      this.draw = () => show(data);
      this.redraw();
    } catch (error) {
      if (!(error instanceof ApiError)) console.error(error);
      this.fail(error instanceof ApiError ? error.message : "This card could not be shown.", () => this.fill(load, show));
    }
    this.element.removeAttribute("aria-busy");
  }

  redraw() {
    if (!this.draw) return;
    this.draw();
    if (this.asTable && this.table) this.body.replaceChildren(tableElement(this.table));
  }

  /** Show elements, and the table of the same numbers. */
  show(table, ...children) {
    this.table = { ...table, caption: this.title };
    this.buttons.hidden = false;
    if (!this.asTable) this.body.replaceChildren(...children);
  }

  wait() {
    this.buttons.hidden = true;
    this.body.replaceChildren(h("div", { class: "state loading", "aria-label": "Loading" },
      ...[88, 72, 64, 50, 38].map((width) => h("span", { class: "bone", style: { width: `${width}%` } }))));
  }

  empty(title, advice) {
    this.table = null;
    this.buttons.hidden = true;
    this.body.replaceChildren(h("div", { class: "state" }, h("strong", {}, title), h("p", {}, advice)));
  }

  fail(message, again) {
    this.buttons.hidden = true;
    this.body.replaceChildren(h("div", { class: "state error", role: "alert" },
      h("strong", {}, "This could not be loaded"), h("p", {}, message),
      h("button", { type: "button", class: "ghost", onclick: again }, "Try again")));
  }

  flip() {
    this.asTable = !this.asTable;
    this.toggle.setAttribute("aria-pressed", String(this.asTable));
    this.toggle.textContent = this.asTable ? "Chart" : "Table";
    this.redraw();
  }

  async copy(button) {
    let said = "Copied";
    try {
      await navigator.clipboard.writeText(tsv(this.table));
    } catch {
      said = "Copying is blocked"; // the browser may refuse the clipboard; the table can be selected
    }
    const before = button.textContent;
    button.textContent = said;
    byId("announce").textContent = `${this.title}: ${said}`;
    setTimeout(() => (button.textContent = before), 1500);
  }
}
