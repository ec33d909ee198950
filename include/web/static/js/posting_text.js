// The text of a posting, built of blocks of plain runs: only the elements named here can come of it.

import { h, outsideLink } from "./dom.js";

const STYLES = new Map([["strong", "strong"], ["em", "em"], ["code", "code"]]);

/** Return the elements of the text; its marks have the numbers of their answers. */
export function textElements(blocks) {
  const elements = [];
  const lists = []; // those that the block before was in, outermost first
  for (const block of blocks) {
    if (block.kind === "item") {
      item(block, lists, elements);
      continue;
    }
    lists.length = 0;
    elements.push(other(block));
  }
  return elements;
}

function other({ kind, runs }) {
  const words = runs.map(run);
  if (kind === "heading") return h("h3", {}, words);
  if (kind === "code") return h("pre", { tabindex: "0" }, words);
  return kind === "quote" ? h("blockquote", {}, h("p", {}, words)) : h("p", {}, words);
}

function item({ depth, is_ordered: isOrdered, runs }, lists, elements) {
  lists.length = Math.min(lists.length, depth);
  if (lists.length === depth && isOrdered !== (lists.at(-1).tagName === "OL")) lists.length -= 1;
  while (lists.length < depth) {
    const list = h(isOrdered ? "ol" : "ul");
    const around = lists.at(-1);
    if (!around) elements.push(list);
    else (around.lastElementChild ?? around.appendChild(h("li"))).append(list);
    lists.push(list);
  }
  lists.at(-1).append(h("li", {}, runs.map(run)));
}

function run({ text, styles, href, marks }) {
  let node = marks.length ? h("mark", { tabindex: "-1", dataset: { answers: marks.join(" ") } }, text) : document.createTextNode(text);
  if (href) node = outsideLink(href, node, { rel: "noopener nofollow" });
  for (const style of styles) if (STYLES.has(style)) node = h(STYLES.get(style), {}, node);
  return node;
}
