// Technologies that a pasted text names. It is read here and sent nowhere.

import { whenKnown } from "./facts.js";

const WORDS = 4; // of the longest names
const SURE = 3; // a shorter name ("C", "Go", "R") counts only as it is written, not in any case
let byName = new Map();

whenKnown(({ technologies }) => {
  byName = new Map(technologies.flatMap((one) => [
    ...one.spellings.map(joined), // as the classifier, only as they are written
    ...[one.name, ...one.aliases].map(joined).filter((name) => !one.spellings.includes(name)).flatMap((name) => (name.length < SURE ? [name] : [name, folded(name)])),
  ].map((name) => [name, one.technology_id])));
});

const joined = (name) => wordsOf(name).join(" ");
const folded = (text) => text.toLowerCase();

// "C++", "Node.js", "R&D" and ".NET" are words; a full stop at the end is not part of one.
const wordsOf = (text) => text.match(/[\p{L}\p{N}.+#&-]*[\p{L}\p{N}+#]/gu) ?? [];

/** Return the ids of the technologies that a text names, each once; of names within names the longest. */
export function technologiesIn(text) {
  const words = wordsOf(text);
  const found = new Set();
  for (let at = 0; at < words.length; at += 1) {
    for (let length = Math.min(WORDS, words.length - at); length; length -= 1) {
      const name = words.slice(at, at + length).join(" ");
      const id = byName.get(name) ?? byName.get(folded(name));
      if (!id) continue;
      found.add(id);
      at += length - 1;
      break;
    }
  }
  return [...found];
}
