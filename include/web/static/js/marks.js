// Where the words of a search stand in a posting, marked. Texts are plain: they become text nodes.

import { h } from "./dom.js";

/** Return nodes of an excerpt's text with its spans marked; spans count characters, not UTF-16. */
function marked({ text, spans }) {
  const characters = [...text];
  const nodes = [];
  let end = 0;
  for (const [first, last] of spans) {
    nodes.push(characters.slice(end, first).join(""), h("mark", {}, characters.slice(first, last).join("")));
    end = last;
  }
  return [...nodes, characters.slice(end).join("")];
}

/** Return a posting's title or company with marks, or null where no word of the search is in it. */
export function markedName(row, field) {
  const found = row.matched.find((excerpt) => excerpt.field === field);
  return found ? marked(found) : null;
}

/** Return the excerpts of a posting's text, or null if there are none. */
export function excerpts(row) {
  const found = row.matched.filter((excerpt) => excerpt.field === "text");
  return found.length ? h("ul", { class: "excerpts" }, found.map((one) => h("li", {}, marked(one)))) : null;
}

/** Return the excerpts as one plain text. */
export const excerptText = (row) => row.matched.filter(({ field }) => field === "text").map(({ text }) => text.replaceAll(/\s+/g, " ").trim()).join(" … ");
