// A field of many values: a disclosure with checkboxes, which closes by Escape or by leaving it.

import { label } from "./format.js";

export function startMulti(details) {
  disclosure(details);
  details.addEventListener("keydown", (event) => {
    if (["ArrowDown", "ArrowUp"].includes(event.key)) step(details, event);
  });
}

/** Have what lies over the page closed by Escape, by leaving it, and by a click elsewhere. */
export function disclosure(details) {
  const close = (focus) => {
    details.open = false;
    if (focus) details.querySelector("summary").focus();
  };
  details.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && details.open) {
      event.stopPropagation();
      close(true);
    }
  });
  details.addEventListener("focusout", (event) => {
    // Without a target the focus left the page, or a label was clicked: the list stays open.
    if (event.relatedTarget && !details.contains(event.relatedTarget)) close(false);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!details.contains(event.target)) close(false);
  });
}

function step(details, event) {
  const boxes = [...details.querySelectorAll("input")];
  const next = boxes.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  event.preventDefault();
  details.open = true;
  boxes.at(Math.max(0, Math.min(next, boxes.length - 1)))?.focus();
}

/** Show what is chosen on the closed field. */
export function showMulti(details) {
  const chosen = [...details.querySelectorAll("input:checked")].map((box) => box.parentElement.textContent || label(box.value));
  const text = chosen.length > 2 ? `${chosen[0]} + ${chosen.length - 1}` : chosen.join(", ");
  details.querySelector(".value").textContent = text || details.dataset.all;
  details.classList.toggle("is-set", chosen.length > 0);
}
