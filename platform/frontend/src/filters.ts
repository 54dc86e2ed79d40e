// The catalogue's form: the list follows each choice, and the address holds only what was chosen.
import { all, find } from "./dom";

interface Asked {
  elt: Element;
  parameters: Record<string, unknown> | FormData;
}

export function startFilters(): void {
  if (!all("[data-filters]").length) return;
  document.documentElement.classList.add("htmx-ready");
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = (event as CustomEvent<Asked>).detail;
    if (!elt.matches("[data-filters]")) return;
    for (const [name, value] of Object.entries(parameters)) {
      if (value === "") delete (parameters as Record<string, unknown>)[name];
    }
  });
  // The link that led to a page is gone with the old list: whoever goes by keys goes on in the new one.
  document.addEventListener("htmx:afterSettle", () => {
    if (document.activeElement === document.body) find("#rows")?.focus({ preventScroll: true });
  });
}
