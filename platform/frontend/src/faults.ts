// Errors at their lines in the editor: syntax while one types, and what the last run said. The latter stand for the code
// that was graded: an edit of a line takes its mark away.
import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import { forceLinting, linter, type Diagnostic } from "@codemirror/lint";
import { StateEffect, StateField, type EditorState, type Extension, type Text } from "@codemirror/state";
import { Decoration, EditorView, type DecorationSet, type ViewUpdate } from "@codemirror/view";
import type { Panel } from "./story";
import { syntaxFaults, type Source } from "./syntax";

export interface LineFault {
  line: number;
  message: string;
}

const PAUSE_MS = 600;
/** A file at the limit of 64 KiB parses anew in about 50 ms; between two keystrokes only the change is parsed. */
const PARSE_MS = 60;
const setFaults = StateEffect.define<LineFault[]>();
const mark = (message: string): Decoration => Decoration.line({ class: "cm-faultyLine", message });

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
      const sorted = [...effect.value].sort((a, b) => a.line - b.line);
      next = Decoration.set(sorted.map(({ line, message }) => mark(message).range(transaction.newDoc.line(line).from)));
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

/** What the last run said, where the lines have not been edited since. */
function ofLastRun(state: EditorState): Diagnostic[] {
  const found: Diagnostic[] = [];
  state.field(faultyLines).between(0, state.doc.length, (at, _to, { spec }) => {
    const { from, to, text } = state.doc.lineAt(at);
    const message = String((spec as { message?: unknown }).message ?? "");
    found.push({ from: from + (text.length - text.trimStart().length), to, severity: "error", message });
  });
  return found;
}

/** As one types; a line that the last run complains of keeps to that. Without a whole tree there is nothing to say yet. */
function ofSyntax(state: EditorState, told: Diagnostic[]): Diagnostic[] {
  const tree = ensureSyntaxTree(state, state.doc.length, PARSE_MS);
  if (!tree) return [];
  const lines = new Set(told.map((one) => state.doc.lineAt(one.to).number));
  return syntaxFaults(tree, sourceOf(state.doc))
    .filter((fault) => !lines.has(state.doc.lineAt(fault.from).number))
    .map(({ from, to, message }) => ({ from, to, severity: "error", message: `${message}.` }));
}

const sourceOf = (doc: Text): Source => ({ length: doc.length, sliceString: (from, to) => doc.sliceString(from, to), lineAt: (pos) => doc.lineAt(pos) });

const isTold = (update: ViewUpdate): boolean => update.transactions.some((one) => one.effects.some((effect) => effect.is(setFaults)));

const marking = (check: (state: EditorState) => Diagnostic[]): Extension => [
  faultyLines,
  linter((view) => check(view.state), {
    delay: PAUSE_MS,
    needsRefresh: (update) => isTold(update) || syntaxTree(update.startState) !== syntaxTree(update.state),
  }),
];

export const faultsOfRuns = marking(ofLastRun);
export const faultsWhileTyping = marking((state) => {
  const told = ofLastRun(state);
  return [...told, ...ofSyntax(state, told)];
});

export function showFaults(view: EditorView, faults: LineFault[]): void {
  const known = faults.filter((fault) => within(view.state.doc, fault.line));
  view.dispatch({ effects: setFaults.of(known) });
  forceLinting(view);
}
