// The code editor: CodeMirror with what writing Python needs, and nothing that runs it.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, Prec, type Extension } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, rectangularSelection,
} from "@codemirror/view";
import { content } from "./dom";
import { editorLook } from "./editorLook";
import { faultyLines } from "./faults";
import { typingOver } from "./typing";

export interface Commands {
  run: () => void;
  submit: () => void;
}

export const nonce = (): Extension => EditorView.cspNonce.of(content("csp-nonce"));

const reading = (): Extension => [
  lineNumbers(), highlightSpecialChars(), bracketMatching(), python(), lintGutter(), faultyLines, editorLook, nonce(), EditorState.tabSize.of(4),
];

const writing = (): Extension => [
  typingOver, history(), drawSelection(), rectangularSelection(), foldGutter(), indentOnInput(), indentUnit.of("    "),
  closeBrackets(), autocompletion({ icons: false }), highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(),
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
];

/** Before CodeMirror's own keys: it uses Ctrl-Enter for a blank line. */
const sending = (commands: Commands): Extension =>
  Prec.highest(
    keymap.of([
      { key: "Mod-Enter", run: () => (commands.run(), true), preventDefault: true },
      { key: "Mod-Shift-Enter", run: () => (commands.submit(), true), preventDefault: true },
    ]),
  );

export function createEditor(parent: HTMLElement, doc: string, commands: Commands, onChange: () => void): EditorView {
  const changes = EditorView.updateListener.of((update) => {
    if (update.docChanged) onChange();
  });
  const named = EditorView.contentAttributes.of({ "aria-label": "Your code, solution.py", tabindex: "0", spellcheck: "false", autocapitalize: "off" });
  return new EditorView({ parent, doc, extensions: [sending(commands), reading(), writing(), named, changes] });
}

export function createViewer(parent: HTMLElement, doc: string): EditorView {
  const named = EditorView.contentAttributes.of({ "aria-label": "The submitted code, solution.py", tabindex: "0" });
  return new EditorView({ parent, doc, extensions: [reading(), named, EditorState.readOnly.of(true), EditorView.editable.of(false)] });
}

export function replaceAll(view: EditorView, text: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
}

export function goToLine(view: EditorView, number: number): void {
  const line = view.state.doc.line(Math.max(1, Math.min(number, view.state.doc.lines)));
  view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
  view.focus();
}
