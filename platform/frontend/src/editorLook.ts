// How CodeMirror looks: all colours are the page's own tokens, so a theme switch needs nothing from here.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "var(--editor-size, 13px)" },
  "&.cm-focused": { outline: "none" }, // a frame over all of it shows the focus: the gutter would cover an outline
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.54", fontVariantLigatures: "none" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 12px 0 8px" },
  ".cm-gutters": { color: "var(--muted)", backgroundColor: "var(--surface)", border: "0" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 4px 0 12px", minWidth: "40px" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "light-dark(#0000000a, #ffffff0a)" },
  ".cm-placeholder": { color: "var(--muted)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "light-dark(#cfe2ff, #294a78) !important" },
  ".cm-selectionMatch": { backgroundColor: "light-dark(#e4ecf7, #26384f)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selected)", outline: "1px solid var(--line-control)" },
  ".cm-searchMatch": { backgroundColor: "var(--limit-soft)", outline: "1px solid var(--limit)" },
  ".cm-panels": { color: "var(--text)", backgroundColor: "var(--sunken)", borderColor: "var(--line)" },
  ".cm-textfield, .cm-button": { backgroundImage: "none", backgroundColor: "var(--surface)", border: "1px solid var(--line-control)", borderRadius: "4px" },
  ".cm-tooltip": { color: "var(--text)", backgroundColor: "var(--raised)", border: "1px solid var(--line-strong)", borderRadius: "6px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "var(--text)", backgroundColor: "var(--selected)" },
  ".cm-diagnostic": { padding: "6px 12px", borderLeft: "3px solid var(--failed)", fontFamily: "var(--mono)", fontSize: "12px", whiteSpace: "pre-wrap", maxWidth: "560px" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--failed) 1px", textUnderlineOffset: "4px" },
  ".cm-faultyLine": { backgroundColor: "var(--failed-soft)" },
  ".cm-lint-marker": { width: "10px", height: "10px" },
  ".cm-gutter-lint": { width: "14px" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--hover)", border: "0", color: "var(--muted)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self], color: "var(--syn-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--syn-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--syn-number)" },
  { tag: tags.comment, color: "var(--syn-comment)", fontStyle: "italic" },
  { tag: [tags.definition(tags.function(tags.variableName)), tags.function(tags.propertyName), tags.function(tags.variableName)], color: "var(--syn-name)" },
  { tag: [tags.className, tags.definition(tags.className), tags.meta], color: "var(--syn-class)" },
]);

export const editorLook = [look, syntaxHighlighting(colours)];
