// Comments below the lines of code that they are about: one's own to be typed, others' to be read.
import { EditorSelection, StateEffect, StateField, type Extension } from "@codemirror/state";
import { Decoration, EditorView, highlightActiveLine, highlightActiveLineGutter, WidgetType, type DecorationSet } from "@codemirror/view";
import { find, make, need } from "./dom";
import { createViewer, goToLine } from "./editor";
import { startNote } from "./notes";

export interface CommentRow {
  line: number;
  text: string;
  revision: number;
  by: string;
  mine: boolean;
}

interface Place {
  line: number;
  element: HTMLElement;
}

const setPlaces = StateEffect.define<Place[]>();

class Below extends WidgetType {
  constructor(private readonly element: HTMLElement) {
    super();
  }
  override eq(other: Below): boolean {
    return other.element === this.element;
  }
  override toDOM(): HTMLElement {
    return this.element;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

const places = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setPlaces)) continue;
      const sorted = [...effect.value].sort((a, b) => a.line - b.line);
      return Decoration.set(
        sorted.map(({ line, element }) => Decoration.widget({ widget: new Below(element), block: true, side: 1 }).range(transaction.newDoc.line(line).to)),
      );
    }
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

export class LineComments {
  private readonly view: EditorView;
  private readonly own = new Map<number, HTMLElement>();
  private readonly others: Place[] = [];

  constructor(
    private readonly root: HTMLElement,
    source: string,
    rows: CommentRow[],
    private readonly onLine: (line: number) => void,
  ) {
    find(".source-fallback", root)?.remove();
    this.view = createViewer(root, source, "The submitted code, solution.py: j and k move, c comments", this.extensions());
    const sound = rows.filter(({ line }) => line >= 1 && line <= this.view.state.doc.lines);
    for (const row of sound) {
      if (row.mine) this.own.set(row.line, this.typedAt(row));
      else this.others.push({ line: row.line, element: readOnly(row) });
    }
    this.draw();
  }

  get line(): number {
    return this.view.state.doc.lineAt(this.view.state.selection.main.head).number;
  }

  focus(): void {
    this.view.focus();
  }

  goTo(line: number): void {
    goToLine(this.view, line);
  }

  /** One's comment at the line: the one that is there, else a new one. */
  open(line = this.line): void {
    if (this.root.dataset["closed"] !== undefined) return;
    if (!this.own.has(line)) {
      this.own.set(line, this.typedAt({ line, text: "", revision: 0, by: "", mine: true }));
      this.draw();
    }
    const element = this.own.get(line);
    requestAnimationFrame(() => element && find("textarea", element)?.focus());
  }

  private draw(): void {
    const mine = [...this.own].map(([line, element]) => ({ line, element }));
    this.view.dispatch({ effects: setPlaces.of([...this.others, ...mine]) });
  }

  private extensions(): Extension {
    const move = (step: number): boolean => {
      const next = Math.max(1, Math.min(this.view.state.doc.lines, this.line + step));
      const at = this.view.state.doc.line(next).from;
      this.view.dispatch({ selection: EditorSelection.cursor(at), effects: EditorView.scrollIntoView(at, { y: "nearest", yMargin: 40 }) });
      return true;
    };
    const keys: Record<string, () => boolean> = {
      j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), c: () => (this.open(), true), Enter: () => (this.open(), true),
    };
    const keydown = (event: KeyboardEvent): boolean => {
      if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]?.()) return false;
      event.preventDefault();
      event.stopPropagation(); // else j and k go on through the attempts
      return true;
    };
    const told = EditorView.updateListener.of((update) => {
      if (update.selectionSet) this.onLine(this.line);
    });
    return [places, highlightActiveLine(), highlightActiveLineGutter(), EditorView.domEventHandlers({ keydown }), told];
  }

  private typedAt(row: CommentRow): HTMLElement {
    const { commentsUrl = "", keep = "" } = this.root.dataset;
    const text = make("textarea", "control");
    Object.assign(text, { value: row.text, rows: 2, maxLength: 20_000, name: "text", id: `comment-${row.line}`, readOnly: this.root.dataset["closed"] !== undefined });
    text.dataset["noteText"] = "";
    const label = make("label", "", `Your comment at line ${row.line}`);
    label.htmlFor = text.id;
    const state = make("span", "save-state");
    state.dataset["saveState"] = "";
    state.setAttribute("role", "status");
    const remove = make("button", "button button-plain", "Delete");
    remove.type = "button";
    remove.setAttribute("aria-label", `Delete your comment at line ${row.line}`);
    const revision = make("input");
    Object.assign(revision, { type: "hidden", name: "revision", value: String(row.revision) });
    const save = make("button", "button", "Save");
    save.dataset["noteSave"] = "";
    const form = make("form", "line-comment", make("div", "note-head", label, state, remove), text, revision, save);
    Object.assign(form.dataset, { note: "", url: `${commentsUrl}${row.line}/`, keep: `${keep}:${row.line}`, revision: String(row.revision) });
    remove.hidden = text.readOnly;
    startNote(form);
    this.listen(form, text, remove, row.line);
    return make("div", "line-place", form);
  }

  private listen(form: HTMLFormElement, text: HTMLTextAreaElement, remove: HTMLElement, line: number): void {
    const back = (): void => {
      if (!text.value.trim()) {
        this.own.delete(line);
        this.draw();
      }
      this.goTo(line);
    };
    text.addEventListener("input", () => this.view.requestMeasure());
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" && !(event.key === "Enter" && (event.ctrlKey || event.metaKey))) return;
      event.preventDefault();
      event.stopPropagation();
      form.requestSubmit();
      back();
    });
    remove.addEventListener("click", () => {
      text.value = ""; // an empty comment is none
      text.dispatchEvent(new Event("input"));
      form.requestSubmit();
      back();
    });
  }
}

function readOnly(row: CommentRow): HTMLElement {
  return make("div", "line-place", make("div", "line-comment", make("div", "note-head", `${row.by}, line ${row.line}`), make("p", "typed", row.text)));
}

/** The comments of the page, with the buttons that go by the line. */
export function startLineComments(root: HTMLElement, source: string, rows: CommentRow[]): LineComments {
  const comments = new LineComments(root, source, rows, showLine);
  const button = find("[data-comment-here]");
  if (button) {
    button.hidden = root.dataset["closed"] !== undefined;
    button.addEventListener("click", () => comments.open());
  }
  const asked = Number(root.dataset["line"]);
  if (asked > 0) comments.goTo(asked);
  showLine(comments.line);
  document.addEventListener("htmx:load", () => showLine(comments.line));
  return comments;
}

function showLine(line: number): void {
  for (const place of document.querySelectorAll("[data-line-number]")) place.textContent = String(line);
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-line-address]")) {
    button.hidden = false;
    button.value = need("[data-code]").dataset["address"] + String(line);
  }
}
