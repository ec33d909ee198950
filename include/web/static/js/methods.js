// The page of methods: its links to elsewhere, the footer, and that is all.

import { adoptLinks } from "./dom.js";
import { facts } from "./facts.js";
import { nameSources } from "./footer.js";

adoptLinks(document);
facts().then(({ summary }) => nameSources(summary)).catch(() => {
  // Without data there is no source to name; the methods stand by themselves.
});
