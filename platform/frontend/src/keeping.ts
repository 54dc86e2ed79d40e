// The keeper of an editor's text: it begins with what only this browser has, and asks whoever types when two texts differ.
import type { EditorView } from "@codemirror/view";
import { askWhich } from "./conflict";
import { DraftKeeper, type Page } from "./draft";
import { replaceAll } from "./editor";
import type { Draft, Opening } from "./opening";
import { showSaveState } from "./saveState";

export interface Kept {
  /** Where the text is saved, and under which key this browser keeps it. */
  url: string;
  key: string;
  server: Draft;
  first: Opening;
}

/** `told` holds the words on whether it is saved. */
export function keeperOf(view: EditorView, told: HTMLElement, { url, key, server, first }: Kept): DraftKeeper {
  const known = first.kind === "ahead" ? first : server;
  const savedAt = server.saved_at ? new Date(server.saved_at) : null;
  const page: Page = {
    read: () => view.state.doc.toString(),
    show: (state) => showSaveState(told, state),
    conflict: (theirs) => {
      void askWhich(view.state.doc.toString(), theirs.source).then((which) => keeper.resolved(theirs, which, () => replaceAll(view, theirs.source)));
    },
  };
  const keeper: DraftKeeper = new DraftKeeper(url, key, known.revision, known.source, page, savedAt);
  if (first.kind === "conflict") keeper.meet(first.theirs);
  else if (first.kind === "local") void keeper.save();
  else page.show({ kind: "saved", at: savedAt });
  return keeper;
}
