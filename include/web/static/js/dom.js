// Build elements from data. Text becomes a text node only: no value can become markup.

/** Return an element; `props` are attributes, `on*` listeners, `dataset` and `style` objects. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Return a link to another site, or plain text when the address is not a web address. */
export function outsideLink(address, text, props = {}) {
  let url = null;
  try {
    url = new URL(address);
  } catch {
    // not an address at all
  }
  if (!url || !["http:", "https:"].includes(url.protocol)) return h("span", props, text);
  return h("a", { rel: "noopener", ...props, href: url.href, target: "_blank", onclick: open }, text);
}

// Airflow's iframe is sandboxed without allow-popups: a link in it opens nothing. It shares
// Airflow's origin, so the link is followed from the page around it.
function open(event) {
  if (window.parent === window) return;
  event.preventDefault();
  const link = window.parent.document.createElement("a");
  link.href = event.currentTarget.href;
  link.target = "_blank";
  link.rel = event.currentTarget.rel;
  link.click();
}

/** Follow plain links of the page the same way. */
export function adoptLinks(root) {
  for (const link of root.querySelectorAll('a[href^="http"]')) {
    link.target = "_blank";
    link.rel = "noopener";
    link.addEventListener("click", open);
  }
}
