// The code editor: CodeMirror with what writing Python needs, and nothing that runs it.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python, pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, Prec, type Extension } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, placeholder,
  rectangularSelection,
} from "@codemirror/view";
import { content } from "./dom";
import { editorLook } from "./editorLook";
import { faultsOfRuns, faultsWhileTyping } from "./faults";
import type { EditorSettings } from "./settings";
import { typingOver } from "./typing";

export interface Commands {
  run: () => void;
  submit: () => void;
  scratch: () => void;
}

export interface Written {
  doc: string;
  label: string;
  hint?: string;
  commands: Commands;
  sources: CompletionSource[];
  onChange: () => void;
  /** Python, unless something else is said; `faults` marks what is wrong. */
  language?: Extension;
  faults?: Extension;
}

export const nonce = (): Extension => EditorView.cspNonce.of(content("csp-nonce"));

const reading = (language: Extension = python()): Extension => [
  lineNumbers(), highlightSpecialChars(), bracketMatching(), language, lintGutter(), editorLook, nonce(), EditorState.tabSize.of(4),
];

const writing = (faults: Extension): Extension => [
  typingOver, history(), drawSelection(), rectangularSelection(), foldGutter(), indentOnInput(), indentUnit.of("    "), closeBrackets(),
  search({ top: true }), faults, highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(),
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
];

/** Before all other keys: CodeMirror uses Ctrl-Enter for a blank line, and Vim's keys come before any keymap. */
const sending = (commands: Commands): Extension =>
  Prec.highest(
    EditorView.domEventHandlers({
      keydown(event) {
        if (event.key !== "Enter" || event.isComposing) return false;
        const mod = event.ctrlKey || event.metaKey;
        if (mod === event.altKey) return false;
        event.preventDefault();
        if (event.altKey) commands.scratch();
        else if (event.shiftKey) commands.submit();
        else commands.run();
        return true;
      },
    }),
  );

const keys = new Compartment();
const lines = new Compartment();
const suggestions = new Compartment();

export function createEditor(parent: HTMLElement, { doc, label, hint, commands, sources, onChange, language, faults = faultsWhileTyping }: Written): EditorView {
  const changes = EditorView.updateListener.of((update) => {
    if (update.docChanged) onChange();
  });
  // The page says how to leave the editor by keyboard: always to who listens, and to who looks once Tab was pressed.
  const about = { "aria-label": label, "aria-describedby": "editor-way", tabindex: "0", spellcheck: "false", autocapitalize: "off" };
  const named = EditorView.contentAttributes.of(about);
  const tabbed = EditorView.domEventHandlers({
    keyup: (event) => {
      if (event.key === "Tab") parent.dataset["tabbed"] = "";
    },
  });
  const completing = sources.map((autocomplete) => pythonLanguage.data.of({ autocomplete }));
  const extensions = [
    sending(commands), keys.of([]), lines.of([]), suggestions.of([]), reading(language), writing(faults), completing, named, tabbed, changes, hint ? placeholder(hint) : [],
  ];
  return new EditorView({ parent, doc, extensions });
}

/** All but the keys, which may have to be loaded first. */
export function applySettings(view: EditorView, settings: EditorSettings): void {
  view.dispatch({
    effects: [
      lines.reconfigure(settings.wrap ? EditorView.lineWrapping : []),
      suggestions.reconfigure(autocompletion({ icons: false, activateOnTyping: settings.suggest })),
    ],
  });
  view.requestMeasure();
}

export function applyKeys(view: EditorView, extension: Extension): void {
  view.dispatch({ effects: keys.reconfigure(extension) });
}

export function createViewer(parent: HTMLElement, doc: string, label = "The submitted code, solution.py", more: Extension = []): EditorView {
  const named = EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" });
  return new EditorView({ parent, doc, extensions: [reading(), faultsOfRuns, named, EditorState.readOnly.of(true), EditorView.editable.of(false), more] });
}

export function replaceAll(view: EditorView, text: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
}

export function goToLine(view: EditorView, number: number): void {
  const line = view.state.doc.line(Math.max(1, Math.min(number, view.state.doc.lines)));
  view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
  view.focus();
}
