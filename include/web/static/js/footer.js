// Every source that the store holds postings of, named and linked as its terms ask.

import { byId, h, outsideLink } from "./dom.js";

export function nameSources({ sources }) {
  const held = sources.filter((source) => source.postings_count);
  const kept = held.filter((source) => !source.terms.may_be_passed_on && source.terms.url);
  byId("sources-named").replaceChildren(
    "Sources: ", ...listed(held.map(({ attribution }) => outsideLink(attribution.url, attribution.name))), ".",
    ...(kept.length ? [" Not to be passed on, by its terms: ", ...listed(kept.map(({ attribution, terms }) => outsideLink(terms.url, attribution.name))), "."] : []));
}

const listed = (links) => links.flatMap((link, i) => (i ? [h("span", {}, " · "), link] : [link]));
