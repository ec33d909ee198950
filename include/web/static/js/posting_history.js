// What happened to a posting, newest first.

import { h } from "./dom.js";
import { dayName, plural } from "./format.js";

const WORDS = {
  read: () => "Read for the first time",
  edited: ({ fields }) => (fields.join() === "text" ? "Text edited" : `Edited: ${fields.slice(0, 6).join(", ")}`),
  opened: ({ is_late: isLate }) => (isLate ? "Open already when its board was first read" : "Opened on the company's board"),
  reopened: () => "Opened again",
  shown: () => "Still open when its board was read last",
  closed: () => "Closed: no longer on the company's board",
};

export function showHistory({ posting, history }, card) {
  const posted = { at: posting.date_posted ?? posting.posted_day, words: posting.date_posted ? "Posted" : "Belongs to this month; the source gives no date", edits: [] };
  const events = [...history.map((event) => ({ ...event, words: WORDS[event.kind](event) })), posted]
    .sort((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0));
  card.say(history.length ? plural(history.filter((event) => event.kind === "edited").length, "edit") : "No edit, and no closing, is known");
  card.show({ columns: ["time", "what", "removed", "added"], rows: events.map((event) => [event.at, event.words, lines(event, "removed"), lines(event, "added")]) }, {},
    h("ol", { class: "history" }, events.map((event) => h("li", {},
      h("time", { datetime: event.at, class: "muted" }, dayName(event.at)),
      h("div", {}, h("p", {}, event.words), event.edits.length ? changes(event.edits) : null)))));
}

const lines = (event, kind) => event.edits.filter((edit) => edit.kind === kind).map((edit) => edit.text).join("\n");

const changes = (edits) => h("ul", { class: "edits" }, edits.map(({ kind, text }) =>
  h("li", {}, h("span", { class: "visually-hidden" }, `${kind}: `), h(kind === "removed" ? "del" : "ins", {}, text))));
