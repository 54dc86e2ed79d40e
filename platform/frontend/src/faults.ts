// Errors at their lines in the editor. They stand for the code that was graded: an edit of a line takes its mark away.
import { setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { StateEffect, StateField, type Text } from "@codemirror/state";
import { Decoration, EditorView, type DecorationSet } from "@codemirror/view";
import type { Panel } from "./story";

export interface LineFault {
  line: number;
  message: string;
}

const setFaults = StateEffect.define<number[]>();
const mark = Decoration.line({ class: "cm-faultyLine" });

const within = (doc: Text, line: number): boolean => line >= 1 && line <= doc.lines;

export const faultyLines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    transaction.changes.iterChangedRanges((_fromA, _toA, from, to) => {
      next = next.update({ filter: (at) => at < transaction.newDoc.lineAt(from).from || at > to });
    });
    for (const effect of transaction.effects) {
      if (!effect.is(setFaults)) continue;
      const lines = [...new Set(effect.value)].sort((a, b) => a - b);
      next = Decoration.set(lines.map((line) => mark.range(transaction.newDoc.line(line).from)));
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Each line that a message names, with what went wrong there; a message that several cases share is said once. */
export function faultsOf(panel: Panel): LineFault[] {
  const found = new Map<string, LineFault>();
  const add = (line: number | null | undefined, message: string | null): void => {
    if (line && message) found.set(`${line} ${message}`, { line, message });
  };
  if (panel.finished) add(panel.finished.line, panel.finished.message);
  for (const result of Object.values(panel.cases)) if (result.outcome !== "passed") add(result.line, result.message);
  return [...found.values()];
}

export function showFaults(view: EditorView, faults: LineFault[]): void {
  const { doc } = view.state;
  const known = faults.filter((fault) => within(doc, fault.line));
  const diagnostics = known.map(({ line, message }): Diagnostic => {
    const { from, to, text } = doc.line(line);
    return { from: from + (text.length - text.trimStart().length), to, severity: "error", message };
  });
  view.dispatch({ effects: setFaults.of(known.map((fault) => fault.line)) }, setDiagnostics(view.state, diagnostics));
}
