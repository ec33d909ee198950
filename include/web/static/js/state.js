// The selected filters, kept in the address so that they can be bookmarked and shared.

export const DEFAULTS = Object.freeze({
  location: "", role: "any", level: "any", source: "any", days: "30", tech: "", months: "60",
  currency: "USD", naming: "",
});

export const state = { ...DEFAULTS };

export function readState() {
  const query = new URLSearchParams(location.search);
  for (const name of Object.keys(DEFAULTS)) state[name] = query.get(name) ?? DEFAULTS[name];
}

export function change(values) {
  Object.assign(state, values);
  const query = new URLSearchParams(
    Object.entries(state).filter(([name, value]) => value !== DEFAULTS[name]),
  );
  const search = query.size ? `?${query}` : "";
  history.replaceState(history.state, "", location.pathname + search);
  tellAirflow(search);
}

// In Airflow's iframe the address bar is Airflow's: /plugin/techpulse/<this page's own path>.
function tellAirflow(search) {
  try {
    const outer = window.parent;
    if (outer === window || !outer.location.pathname.endsWith(location.pathname)) return;
    outer.history.replaceState(outer.history.state, "", outer.location.pathname + search);
  } catch {
    // not Airflow's frame: the address of this page is enough
  }
}

export const chosenTechnologies = () => state.tech.split(",").filter(Boolean);
