// Tabs by the ARIA pattern: arrows move, Home and End jump, the panel follows.
import { all } from "./dom";

export function startTabs(list: HTMLElement, onOpen?: (name: string) => void): (name: string) => void {
  const tabs = all("[role=tab]", list);
  const open = (name: string, focus = false): void => {
    for (const tab of tabs) {
      const chosen = tab.dataset["tab"] === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel?.getAttribute("role") === "tabpanel") panel.hidden = !chosen;
      if (chosen && focus) tab.focus();
    }
    onOpen?.(name);
  };
  for (const [i, tab] of tabs.entries()) {
    tab.addEventListener("click", () => open(tab.dataset["tab"] ?? ""));
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      open(tabs[(to + tabs.length) % tabs.length]?.dataset["tab"] ?? "", true);
    });
  }
  return open;
}
