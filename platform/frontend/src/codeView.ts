// Code that is watched, not written: what changes is written into the viewer, and it scrolls along until somebody scrolls
// elsewhere.
import { StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, EditorView, type DecorationSet } from "@codemirror/view";
import { createViewer } from "./editor";

const setTyped = StateEffect.define<number | null>();
const line = Decoration.line({ class: "cm-typedLine" });

/** The line that changed last. */
const typedLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setTyped)) continue;
      return effect.value === null ? Decoration.none : Decoration.set(line.range(transaction.newDoc.lineAt(effect.value).from));
    }
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Where two texts differ, as one change. */
export function difference(before: string, now: string): { from: number; to: number; insert: string } | null {
  if (before === now) return null;
  const shorter = Math.min(before.length, now.length);
  let from = 0;
  while (from < shorter && before.charCodeAt(from) === now.charCodeAt(from)) from++;
  let same = 0;
  while (same < shorter - from && before.charCodeAt(before.length - 1 - same) === now.charCodeAt(now.length - 1 - same)) same++;
  return { from, to: before.length - same, insert: now.slice(from, now.length - same) };
}

export class CodeView {
  private readonly view: EditorView;
  private text: Text | null = null;
  private place: number | null = null;
  private follows = true;

  /** `onFollow` is told when scrolling along ends and when it goes on. */
  constructor(
    parent: HTMLElement,
    private readonly onFollow: (follows: boolean) => void,
  ) {
    this.view = createViewer(parent, "", "The candidate's code, solution.py", typedLine);
    // Only what a person does: scrolling by script looks the same afterwards.
    for (const type of ["wheel", "touchmove", "pointerdown"]) this.view.scrollDOM.addEventListener(type, () => this.follow(false), { passive: true });
    this.view.dom.addEventListener("keydown", (event) => {
      if (/^(Arrow|Page|Home|End)/.test(event.key)) this.follow(false);
    });
  }

  show(text: Text, place: number | null): void {
    if (text === this.text && place === this.place) return;
    const changes = text === this.text ? null : difference(this.view.state.doc.toString(), text.toString());
    this.text = text;
    this.place = place;
    this.view.dispatch({ ...(changes && { changes }), effects: setTyped.of(place) });
    this.reveal();
  }

  /** Goes back to the last change, and along with the next ones. */
  follow(follows: boolean): void {
    if (follows === this.follows) return;
    this.follows = follows;
    this.onFollow(follows);
    this.reveal();
  }

  private reveal(): void {
    if (!this.follows || this.place === null) return;
    this.view.dispatch({ effects: EditorView.scrollIntoView(this.place, { y: "nearest", yMargin: 72 }) });
  }
}
