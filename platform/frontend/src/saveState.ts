// The few words above the editor that say whether what is typed is safe.
import { need, setText } from "./dom";
import type { SaveState } from "./draft";
import { shortTime } from "./times";

function words(state: SaveState): [text: string, tone: string] {
  switch (state.kind) {
    case "saved":
      return [state.at ? `saved ${shortTime(state.at)}` : "saved", ""];
    case "unsaved":
      return ["not saved yet", ""];
    case "saving":
      return ["saving", ""];
    case "offline":
      return ["offline: kept in this browser", "limit"];
    case "signed-out":
      return ["signed out: kept in this browser", "failed"];
    case "conflict":
      return ["changed elsewhere", "limit"];
    case "refused":
      return [state.message, "failed"];
  }
}

/** `root` has the element that says it. */
export function showSaveState(root: HTMLElement, state: SaveState): void {
  const [text, tone] = words(state);
  const element = need("[data-save-state]", root);
  element.dataset["tone"] = tone;
  element.dataset["state"] = state.kind;
  setText(element, text);
  element.title = text;
}
