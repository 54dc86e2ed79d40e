// The keys somebody likes, for editors that are there already.
import type { EditorView } from "@codemirror/view";
import { applyKeys, type Commands } from "./editor";
import { notify } from "./notices";
import type { EditorSettings } from "./settings";
import { keysOf } from "./shared";

/** Keys come in a script of their own: the choice that was made last counts, whichever script comes first. */
export function startKeys(root: HTMLElement, views: EditorView[], commands: Commands, save: () => void): (settings: EditorSettings) => void {
  let wanted = "usual";
  return ({ keys }) => {
    if (keys === wanted) return;
    wanted = keys;
    if (keys === "usual") return views.forEach((view) => applyKeys(view, []));
    void keysOf(keys, root.dataset[keys] ?? "", { ...commands, save }).then((extension) => {
      if (keys !== wanted) return;
      if (extension) views.forEach((view) => applyKeys(view, extension));
      else notify(`The ${keys} keys could not be loaded. The usual ones stay.`, "failed");
    });
  };
}
