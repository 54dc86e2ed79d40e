// The matrix as it changes: cells, what rows and columns come to, figures.
import { all, find, make, need, setText } from "./dom";
import type { Board, ProofEvent } from "./proofEvents";
import { outcomeWord } from "./words";

const SVG = "http://www.w3.org/2000/svg";
const TONES: Record<string, string> = { good: ", as expected", bad: ", not expected" };

/** The inside of a cell; the template tag `cell` writes the same. */
function inside(state: string, tone: string): Node[] {
  const { word, icon } = outcomeWord(state);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", state === "running" ? "icon icon-turning" : "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#cell-${icon}`);
  svg.append(use);
  return [svg, make("span", "unseen", `${word}${TONES[tone] ?? ""}`)];
}

export class ProofBoard {
  constructor(private readonly root: HTMLElement) {}

  /** What somebody who listens should hear of the event; usually nothing. */
  take(event: ProofEvent): string {
    if (event.type === "started") this.start(event.data.row, event.data.cases);
    else if (event.type === "cell") this.land(event.data.row, event.data.case, event.data.cell);
    else return this.show(event.data);
    return "";
  }

  private row(key: string): HTMLElement | null {
    return find(`[data-row-key="${CSS.escape(key)}"]`, this.root);
  }

  private write(row: HTMLElement, id: string, state: string, tone: string): void {
    const cell = find(`[data-case="${CSS.escape(id)}"]`, row);
    if (!cell || (cell.dataset["cell"] === state && cell.dataset["tone"] === tone)) return;
    cell.dataset["cell"] = state;
    cell.dataset["tone"] = tone;
    cell.replaceChildren(...inside(state, tone));
  }

  /** Cells that hold something already keep it while another seed is tried. */
  private start(key: string, cases: string[]): void {
    const row = this.row(key);
    if (!row) return;
    for (const one of all("[data-now]", this.root)) delete one.dataset["now"];
    row.dataset["now"] = "";
    for (const id of cases) {
      if (find(`[data-case="${CSS.escape(id)}"]`, row)?.dataset["cell"] === "waiting") this.write(row, id, "running", "quiet");
    }
  }

  private land(key: string, id: string, cell: string): void {
    const row = this.row(key);
    const [state = "", tone = ""] = cell.split(" ");
    if (row) this.write(row, id, state, tone);
  }

  private show({ rows, columns, figures }: Board): string {
    for (const [key, { cells, total }] of Object.entries(rows)) this.showRow(key, cells, total);
    for (const [id, [words, tone]] of Object.entries(columns)) {
      const column = find(`[data-column="${CSS.escape(id)}"]`, this.root);
      if (!column) continue;
      setText(column, words);
      column.dataset["tone"] = tone;
      need(`[data-head="${CSS.escape(id)}"]`, this.root).toggleAttribute("data-idle", tone === "bad");
    }
    for (const [name, value] of Object.entries(figures)) {
      for (const figure of all(`[data-figure="${CSS.escape(name)}"]`, this.root)) setText(figure, value === null ? "–" : String(value));
    }
    const bad = Object.entries(rows).filter(([, { total }]) => total[1] === "bad");
    return Object.keys(rows).length === 1 && bad[0] ? `${bad[0][0]}: ${bad[0][1].total[0]}` : "";
  }

  private showRow(key: string, cells: Record<string, string>, [words, tone]: [string, string]): void {
    const row = this.row(key);
    if (!row) return;
    delete row.dataset["now"];
    row.dataset["tone"] = tone;
    setText(need("[data-row-total]", row), words);
    for (const [id, cell] of Object.entries(cells)) this.land(key, id, cell);
  }
}
