// Back to the starter, with a way back: what was there before stays in this browser, and among the versions.
import type { EditorView } from "@codemirror/view";
import { need } from "./dom";
import type { DraftKeeper } from "./draft";
import { replaceAll } from "./editor";
import { notify } from "./notices";
import { recall, remember } from "./remembered";

export function startReset(root: HTMLElement, view: EditorView, keeper: DraftKeeper, starter: string, key: string): void {
  const button = need<HTMLButtonElement>("[data-reset]", root);
  const bringBack = (): void => {
    const before = recall(key);
    if (before === null) return;
    void keeper.replace(() => replaceAll(view, before)).then(() => view.focus());
    remember(key, null);
  };
  button.addEventListener("click", () => {
    const before = view.state.doc.toString();
    if (before === starter) return notify("This is the starter already.");
    remember(key, before);
    void keeper.replace(() => replaceAll(view, starter)).then(() => view.focus());
    notify("The starter is back.", "passed", { label: "Bring my code back", run: bringBack });
  });
  if (recall(key) !== null && view.state.doc.toString() === starter) {
    notify("The starter is open. What you wrote before is still here.", "running", { label: "Bring my code back", run: bringBack });
  }
}
