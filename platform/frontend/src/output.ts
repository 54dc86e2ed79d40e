// What the candidate's code printed, as text with the terminal's colours.
import { parseAnsi, settleLines } from "./ansi";
import { cut } from "./cutting";
import { make } from "./dom";
import type { OutputPiece } from "./story";

function colours(text: string): Node[] {
  return parseAnsi(text).map((run) => (run.classes ? make("span", run.classes, run.text) : document.createTextNode(run.text)));
}

export class OutputView {
  private shown: OutputPiece[] | null = null;
  private readonly opened = new Set<number>();

  constructor(
    private readonly root: HTMLElement,
    private readonly titles: (id: string) => string,
  ) {}

  show(pieces: OutputPiece[], emptyText: string): void {
    if (pieces === this.shown && pieces.length) return;
    if (!pieces.length) {
      this.opened.clear();
      if (this.root.textContent !== emptyText) this.root.replaceChildren(make("p", "detail-quiet", emptyText));
      this.shown = pieces;
      return;
    }
    // Text that is already on the page keeps its nodes: a long output costs only its newest piece.
    const kept = this.shown?.length ? pieces.findIndex((piece, i) => piece !== this.shown?.[i]) : 0;
    const from = kept < 0 ? pieces.length : kept;
    const nodes = [...this.root.children].slice(0, from);
    this.root.replaceChildren(...nodes, ...pieces.slice(from).map((piece, i) => this.block(piece, pieces, from + i)));
    this.shown = pieces;
  }

  private block(piece: OutputPiece, pieces: OutputPiece[], index: number): HTMLElement {
    const box = make("section");
    if (piece.case !== (pieces[index - 1]?.case ?? null) && piece.case) box.append(make("h3", "case-part", this.titles(piece.case)));
    if (piece.cut) {
      box.append(make("p", "output-cut", piece.text.trim()));
      return box;
    }
    const text = settleLines(piece.text);
    const { head, tail, left } = this.opened.has(index) ? { head: text, tail: "", left: 0 } : cut(text);
    const pre = (part: string): HTMLElement => make("pre", piece.stream, ...colours(part));
    box.append(pre(head));
    if (left) {
      const button = make("button", "button", "Show all");
      button.type = "button";
      button.addEventListener("click", () => {
        this.opened.add(index);
        box.replaceWith(this.block(piece, pieces, index));
      });
      box.append(make("div", "output-cut", `${left} lines are left out here.`, button), pre(tail));
    }
    return box;
  }
}
