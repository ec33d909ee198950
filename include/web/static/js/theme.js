// The theme that Airflow's own page shows: its root element's class when this page is in its
// iframe, else what it keeps in localStorage ("theme"), else the system's. Loaded before the
// page is drawn, so that it never flashes in the other theme.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");

  function airflowRoot() {
    try {
      return window.parent !== window ? window.parent.document.documentElement : null;
    } catch {
      return null; // embedded by another origin: the frame-ancestors rule forbids it anyway
    }
  }

  function chosen() {
    const root = airflowRoot();
    for (const name of ["dark", "light"]) if (root?.classList.contains(name)) return name;
    let kept = null;
    try {
      kept = localStorage.getItem("theme");
    } catch {
      // storage may be blocked; the system's theme is as good
    }
    if (kept === "dark" || kept === "light") return kept;
    return system.matches ? "dark" : "light";
  }

  function apply() {
    const theme = chosen();
    if (document.documentElement.dataset.theme === theme) return;
    document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new CustomEvent("themechange"));
  }

  apply();
  system.addEventListener("change", apply);
  addEventListener("storage", apply);
  const root = airflowRoot();
  if (root) new MutationObserver(apply).observe(root, { attributeFilter: ["class"] });
})();
