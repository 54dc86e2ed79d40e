// The few words above the editor that say whether what is typed is safe.
import { make, need, setText } from "./dom";
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

const ALL_THE_SAME = "Your work is saved and counts all the same.";

/** Beside it, and silent unless an interview's recording is in trouble. */
export function recordState(root: HTMLElement): (words: string | null) => void {
  const element = make("span", "save-state");
  element.setAttribute("role", "status");
  element.dataset["recordState"] = "";
  element.dataset["tone"] = "limit";
  need("[data-save-state]", root).after(element);
  return (words) => {
    setText(element, words ?? "");
    element.title = words ? `${words}. ${ALL_THE_SAME}` : "";
  };
}
