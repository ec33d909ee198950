// Data that several cards need first: the summary and the taxonomy. Requested once;
// after a failure the next caller requests it again.

import { ask } from "./api.js";
import { aged, site } from "./site.js";

let known = null;
const waiting = [];

async function gather() {
  const [summary, taxonomy] = await Promise.all([ask("summary", "summary"), ask("technologies", "technologies")]);
  const facts = { summary: site ? aged(summary) : summary, technologies: taxonomy.data };
  for (const listener of waiting.splice(0)) listener(facts);
  return facts;
}

/** Return `{summary, technologies}`. */
export function facts() {
  known ??= gather().catch((error) => {
    known = null;
    throw error;
  });
  return known;
}

/** Have `listener` called once the facts are known. */
export const whenKnown = (listener) => waiting.push(listener);
