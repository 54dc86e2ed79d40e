// Short messages in the corner. They stay until dismissed unless they only confirm.
import { all, find, make } from "./dom";
import { icon } from "./icons";

export interface NoticeAction {
  label: string;
  run: () => void;
}

const CONFIRMATION_MS = 6000;

export function notify(text: string, tone: "passed" | "failed" | "limit" | "running" = "running", action?: NoticeAction): void {
  const box = find("[data-notices]");
  if (!box) return;
  const symbol = tone === "passed" ? "circle-check" : tone === "running" ? "info" : "circle-alert";
  const notice = make("div", `notice tone-${tone}`, icon(symbol), make("span", "notice-text", text));
  if (action) {
    const button = make("button", "button", action.label);
    button.type = "button";
    button.addEventListener("click", () => {
      notice.remove();
      action.run();
    });
    notice.append(button);
  }
  const close = make("button", "icon-button", icon("x"));
  close.type = "button";
  close.dataset["dismiss"] = "";
  close.setAttribute("aria-label", "Dismiss");
  notice.append(close);
  box.append(notice);
  if (tone === "passed" && !action) setTimeout(() => notice.remove(), CONFIRMATION_MS);
}

export function startNotices(): void {
  for (const told of all(".notice:is(.tone-passed, .tone-running)")) setTimeout(() => told.remove(), CONFIRMATION_MS);
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-dismiss]")) event.target.closest(".notice")?.remove();
  });
}
