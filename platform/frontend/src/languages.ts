// The languages of a challenge's files: Python, and small readers for Markdown and TOML as they are written here.
import { python } from "@codemirror/lang-python";
import { StreamLanguage, type StreamParser } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

interface Fence {
  /** What ends the block of code or the long string that we are in. */
  until: string;
}

const markdown: StreamParser<Fence> = {
  startState: () => ({ until: "" }),
  token(stream, state) {
    if (stream.sol()) {
      const fence = /^(```+|~~~+)/.exec(stream.string.trimStart())?.[1] ?? "";
      if (fence && (!state.until || stream.string.trim() === state.until)) {
        state.until = state.until ? "" : fence;
        stream.skipToEnd();
        return "meta";
      }
      if (!state.until && stream.match(/^#{1,6}\s.*/)) return "keyword";
      if (!state.until && stream.match(/^\s*([-*+]|\d+\.)\s/)) return "number";
    }
    if (state.until) {
      stream.skipToEnd();
      return "string";
    }
    if (stream.match(/^`[^`]*`/)) return "string";
    if (stream.match(/^(\*\*[^*]+\*\*|__[^_]+__)/)) return "keyword";
    if (stream.match(/^\[[^\]]*\]\([^)]*\)/)) return "meta";
    stream.next();
    stream.eatWhile(/[^`*_[\]]/);
    return null;
  },
};

const toml: StreamParser<Fence> = {
  startState: () => ({ until: "" }),
  token(stream, state) {
    if (state.until) {
      if (stream.skipTo(state.until)) {
        stream.match(state.until);
        state.until = "";
      } else stream.skipToEnd();
      return "string";
    }
    if (stream.eatSpace()) return null;
    if (stream.match(/^#.*/)) return "comment";
    if (stream.sol() && stream.match(/^\[\[?[^\]]*\]\]?/)) return "keyword";
    if (stream.match(/^[\w-]+(?=\s*=)/)) return "propertyName";
    const long = stream.match(/^("""|''')/) as RegExpMatchArray | null;
    if (long) {
      state.until = long[1] ?? "";
      return "string";
    }
    if (stream.match(/^"([^"\\]|\\.)*"?|^'[^']*'?/)) return "string";
    if (stream.match(/^(true|false)\b/)) return "bool";
    if (stream.match(/^[+-]?\d[\d_.eE+-]*/)) return "number";
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: "#" } },
};

/** By the end of the file's name; plain text where there is none. */
export function languageOf(path: string): Extension {
  if (path.endsWith(".py")) return python();
  if (path.endsWith(".md")) return [StreamLanguage.define(markdown), EditorView.lineWrapping]; // one paragraph is one line
  if (path.endsWith(".toml")) return StreamLanguage.define(toml);
  return [];
}
