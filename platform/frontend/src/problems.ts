// What is wrong with a project's files: in the editor at the line, below it as a list, and as numbers beside the names.
import { linter, type Diagnostic } from "@codemirror/lint";
import type { Extension, Text } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { send } from "./api";
import { all, find, make, need, setText } from "./dom";
import { goToLine } from "./editor";
import { icon } from "./icons";

export interface Problem {
  file: string;
  line: number;
  column: number;
  severity: "error" | "warning";
  message: string;
}

const PAUSE_MS = 700;

/** Marks the problems of this file as one types, and hands on those of all. */
export function problemsWhileTyping(url: string, path: string, tell: (problems: Problem[] | null) => void): Extension {
  return linter(
    async (view) => {
      const { doc } = view.state;
      const { status, data } = await send<{ problems: Problem[] }>("POST", url, { source: doc.toString() });
      tell(status === 200 && data ? data.problems : null);
      return (data?.problems ?? []).filter((one) => one.file === path).map((one) => diagnosticOf(doc, one));
    },
    { delay: PAUSE_MS },
  );
}

/** The rest of the line from where the problem begins. */
export function diagnosticOf(doc: Text, { line, column, severity, message }: Problem): Diagnostic {
  const { from, to, text } = doc.line(Math.max(1, Math.min(line, doc.lines)));
  const indent = text.length - text.trimStart().length;
  return { from: Math.min(from + Math.max(column - 1, indent), to), to, severity, message };
}

export class ProblemList {
  private readonly told: HTMLElement;
  private readonly list: HTMLElement;

  constructor(
    private readonly root: HTMLElement,
    private readonly path: string,
    private readonly files: string,
    private readonly view: () => EditorView,
  ) {
    this.told = need("[data-problems-told]", root);
    this.list = need("[data-problem-list]", root);
  }

  show(problems: Problem[] | null): void {
    if (problems === null) return setText(this.told, "The problems can’t be had from the server right now.");
    const errors = problems.filter((one) => one.severity === "error").length;
    setText(this.told, problems.length ? `${counted(errors, "error")}, ${counted(problems.length - errors, "warning")}` : "No problems");
    const mine = problems.filter((one) => one.file === this.path);
    this.list.replaceChildren(...[...mine, ...problems.filter((one) => one.file !== this.path)].map((one) => this.row(one)));
    for (const link of all("[data-file]", this.root)) {
      const count = problems.filter((one) => one.file === link.dataset["file"]).length;
      const badge = find("[data-count]", link);
      if (badge) setText(badge, count ? String(count) : "");
    }
  }

  private row(one: Problem): HTMLElement {
    const link = make("a", "", `${one.file}:${one.line}`);
    link.href = `${this.files}${one.file}/#L${one.line}`;
    if (one.file === this.path) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        goToLine(this.view(), one.line);
      });
    }
    const row = make("li", "problem", icon(one.severity === "error" ? "circle-alert" : "info"), make("span", "unseen", `${one.severity} in`), link, make("span", "", one.message));
    row.dataset["severity"] = one.severity;
    return row;
  }
}

export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
