// Two versions of a draft, side by side: the person decides, and neither is lost by looking away.
import { MergeView } from "@codemirror/merge";
import { python } from "@codemirror/lang-python";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { need } from "./dom";
import { nonce } from "./editor";
import { editorLook } from "./editorLook";

export const side = (doc: string, name: string): { doc: string; extensions: import("@codemirror/state").Extension } => ({
  doc,
  extensions: [
    lineNumbers(), python(), editorLook, nonce(), EditorState.readOnly.of(true), EditorView.editable.of(false),
    EditorView.contentAttributes.of({ "aria-label": name, tabindex: "0" }),
  ],
});

/** Resolves to the version to go on with. Escape keeps what is in the editor. */
export function askWhich(mine: string, theirs: string): Promise<"mine" | "theirs"> {
  const dialog = need<HTMLDialogElement>("#conflict");
  const box = need("[data-merge]", dialog);
  const view = new MergeView({ a: side(mine, "In this window"), b: side(theirs, "Saved elsewhere"), parent: box, gutter: false });
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        view.destroy();
        box.replaceChildren();
        resolve(dialog.returnValue === "theirs" ? "theirs" : "mine");
      },
      { once: true },
    );
  });
}
