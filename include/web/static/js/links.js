// Links between the pages, all relative: the app may be mounted anywhere.

import { h, outsideLink } from "./dom.js";
import { site } from "./site.js";

/** Return a link to a posting's page; on a site, which has none, to the posting at its source. */
export const postingLink = ({ id, url }, text, props = {}) =>
  (site ? outsideLink(url, text, props) : h("a", { ...props, href: `posting?${new URLSearchParams({ id })}` }, text));

/** Return a link to a company's page, `name` as the filter takes it; on a site its name. */
export const companyLink = (name, text = name) =>
  (site ? h("strong", {}, text) : h("a", { href: `company?${new URLSearchParams({ company: name })}` }, text));

/** Return a link to a posting at its source, else to the source: its terms ask for both name and link. */
export const sourceLink = ({ url, attribution }, text, props = {}) => outsideLink(/^https?:/i.test(url) ? url : attribution.url, text, props);
