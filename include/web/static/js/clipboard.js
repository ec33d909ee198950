// Copy text, and say on the control whether it worked.

import { byId } from "./dom.js";

const SHOWN_MS = 1500;

export async function clipboard(control, title, text, done = "Copied") {
  let said = done;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    said = "Copying is blocked"; // the browser may refuse the clipboard; what is shown can be selected
  }
  const before = control.dataset.text ??= control.textContent;
  control.textContent = said;
  byId("announce").textContent = `${title}: ${said}`;
  setTimeout(() => (control.textContent = before), SHOWN_MS);
}
