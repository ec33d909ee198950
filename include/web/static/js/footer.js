// Every source that the store holds postings of, named and linked as its terms ask.

import { byId, h, outsideLink } from "./dom.js";

export function nameSources({ sources }) {
  const links = sources.filter((source) => source.postings_count).map(({ attribution }) => outsideLink(attribution.url, attribution.name));
  byId("sources-named").replaceChildren("Sources: ", ...links.flatMap((link, i) => (i ? [" · ", link] : [link])), h("span", {}, "."));
}
