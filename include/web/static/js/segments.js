// A choice of one of a few, as a row of buttons, kept in the address.

import { byId } from "./dom.js";
import { hasMonths } from "./site.js";
import { change, state } from "./state.js";

/** Start the buttons in `id`, which choose `state[name]`; `show` is called after each choice. */
export function segments(id, name, show) {
  const group = byId(id);
  const mark = () => {
    for (const button of group.children) button.setAttribute("aria-pressed", String(button.value === state[name]));
  };
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    change({ [name]: button.value });
    mark();
    show();
  });
  if (name === "months") for (const button of group.children) button.hidden = !hasMonths(button.value);
  mark();
  return mark;
}
