// Menus made of <details>: a click elsewhere or Escape closes them.
import { all, find } from "./dom";

export function startMenus(): void {
  document.addEventListener("click", (event) => {
    for (const menu of all<HTMLDetailsElement>("details[data-menu][open]")) {
      const inside = event.target instanceof Node && menu.contains(event.target);
      const chosen = event.target instanceof Element && event.target.closest("[data-open-dialog]");
      if (!inside || chosen) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = find<HTMLDetailsElement>("details[data-menu][open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    find("summary", menu)?.focus();
  });
}
