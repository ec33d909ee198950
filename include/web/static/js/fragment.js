// What one can do, kept in the address's fragment: a browser sends that to no server.

import { airflow } from "./state.js";

const inside = (hash) => new URLSearchParams(hash.slice(1));
const listed = (hash) => (inside(hash).get("skills") ?? "").split(",").filter(Boolean);

// Airflow's page passes its query on to this frame, not its fragment.
let skills = [location.hash, airflow()?.location.hash ?? ""].map(listed).find((found) => found.length) ?? [];

export const mySkills = () => skills;

/** Return the id of the element that the address leads to. */
export const pointedAt = () => [...inside(location.hash)].find(([, value]) => !value)?.[0] ?? "";

export function keepSkills(ids) {
  skills = [...new Set(ids)];
  write();
}

function write() {
  const kept = skills.length ? `skills=${skills.map(encodeURIComponent).join(",")}` : "";
  const hash = [pointedAt(), kept].filter(Boolean).join("&");
  for (const page of [window, airflow()]) {
    page?.history.replaceState(page.history.state, "", page.location.pathname + page.location.search + (hash && `#${hash}`));
  }
}

/** Have `show` called when someone changes the skills in the address. */
export function startFragment(show) {
  addEventListener("hashchange", () => {
    const found = listed(location.hash);
    if (!found.length) return write(); // a link within the page has replaced the fragment
    if (found.join() === skills.join()) return;
    keepSkills(found);
    show();
  });
}
