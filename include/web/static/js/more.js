// A list that grows page by page, and the button that asks for the next page.

import { byId, h } from "./dom.js";

// `page` gives the answer after a cursor, or null if the filter has changed meanwhile; `row` an item of the list;
// `added` is called with each further page.
export function pagedList({ data, meta }, page, row, added = () => {}) {
  const list = h("ul", { class: "postings" }, data.map(row));
  const more = h("button", { type: "button", class: "ghost more", onclick: next }, "Show more");
  more.hidden = !meta.next_cursor;
  let cursor = meta.next_cursor;
  return [list, more];

  async function next() {
    more.disabled = true;
    try {
      const answer = await page(cursor);
      if (answer === null) return;
      cursor = answer.meta.next_cursor;
      const rows = answer.data.map(row);
      list.append(...rows);
      added(answer.data);
      rows[0]?.querySelector("a")?.focus();
      more.hidden = !cursor;
    } catch (error) {
      byId("announce").textContent = error.message;
      more.textContent = `${error.message} Try again`;
    } finally {
      more.disabled = false;
    }
  }
}
