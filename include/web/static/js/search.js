// The field of searches: its help, and what is wrong with a search, before any card is asked.

import { ask } from "./api.js";
import { byId } from "./dom.js";
import { disclosure } from "./multi.js";
import { question } from "./state.js";

const field = byId("q");
const problem = byId("q-problem");

/** Start the help: an example that is chosen is searched for. */
export function startSearch() {
  const help = byId("q-help");
  disclosure(help);
  help.addEventListener("click", (event) => {
    const example = event.target.closest("button");
    if (!example) return;
    help.open = false;
    field.value = example.textContent;
    field.focus();
    field.form.requestSubmit();
  });
}

/** Return whether a text is a search, asking if it is new; if it is none, say what is wrong, and where. */
export async function isSearch(text, isNew) {
  if (!text || !isNew) return !sayProblem(null);
  try {
    // Under the filter as it is: what the cards ask next is then known.
    return (await ask("search", "postings", question({ q: text, limit: 1 }))) !== null && !sayProblem(null);
  } catch (error) {
    return !sayProblem(error); // any other error is shown by the cards
  }
}

/** Show what an answer says of the search, if it does, and return whether it does. */
export function sayProblem(error) {
  const said = error?.about?.("q") ?? "";
  problem.textContent = said;
  problem.hidden = !said;
  field.setAttribute("aria-invalid", String(Boolean(said)));
  return Boolean(said);
}
