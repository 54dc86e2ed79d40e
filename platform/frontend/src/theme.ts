// The switch in the header: system, light, dark.
import { all } from "./dom";
import { theme } from "./remembered";

const ORDER = [null, "light", "dark"] as const;
const NAMES = { system: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

function show(button: HTMLElement): void {
  const name = NAMES[theme.get() ?? "system"];
  button.setAttribute("aria-label", name);
  button.title = name;
}

export function startThemeSwitch(): void {
  for (const button of all("[data-theme-switch]")) {
    show(button);
    button.addEventListener("click", () => {
      const next = ORDER[(ORDER.indexOf(theme.get()) + 1) % ORDER.length] ?? null;
      theme.set(next);
      if (next) document.documentElement.dataset["theme"] = next;
      else delete document.documentElement.dataset["theme"];
      show(button);
      document.dispatchEvent(new CustomEvent("gradetape:theme"));
    });
  }
}
