// Names of places and companies, offered while one types.

import { ask } from "./api.js";
import { byId, h } from "./dom.js";

const PAUSE_MS = 150;
const FIELDS = { location: "place", apply_from: "place", company: "company" };
const ALWAYS = { name: "Remote", spelling: "Remote" };

export function startSuggestions() {
  for (const [id, kind] of Object.entries(FIELDS)) {
    let pause = 0;
    const field = byId(id);
    field.addEventListener("focus", () => suggest(kind, field));
    field.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(suggest, PAUSE_MS, kind, field); });
  }
}

async function suggest(kind, field) {
  let rows = [];
  try {
    const answer = await ask(`suggestions ${kind}`, "suggestions", { kind, text: field.value.trim() });
    if (answer === null) return;
    rows = answer.data;
  } catch (error) {
    // A field without suggestions still takes any text; the cards show that the server fails.
    console.info(error.message);
  }
  if (field.id === "location" && !field.value) rows = [ALWAYS, ...rows];
  byId(field.getAttribute("list")).replaceChildren(...rows.map(({ name, spelling }) =>
    h("option", { value: name, label: spelling === name ? null : spelling })));
}
