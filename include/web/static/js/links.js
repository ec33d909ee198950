// Links between the pages.

import { h } from "./dom.js";

/** Return a link to a company's page; `asked` names it as the filter's parameter does. */
export const companyLink = (asked, text) => h("a", { href: `company?${new URLSearchParams({ company: asked })}` }, text);
