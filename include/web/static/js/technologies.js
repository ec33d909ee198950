// The technologies of the filter: added by name, removed by their chip.

import { byId } from "./dom.js";
import { change, listed, state } from "./state.js";
import { find } from "./trends.js";

const MOST = 10;

export function startTechnologies() {
  const field = byId("technologies-add");
  const take = () => {
    const found = find(field.value);
    if (!found) return;
    field.value = "";
    change({ technologies: [...new Set([...listed(state.technologies), found.technology_id])].slice(-MOST).join(",") });
    document.dispatchEvent(new CustomEvent("filterchange"));
  };
  field.addEventListener("change", take);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // else the form would be submitted without it
    take();
  });
}
