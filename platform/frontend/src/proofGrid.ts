// Moving in the matrix with the keyboard: one cell at a time is in the tab order, as grids have it.
import { all, find } from "./dom";

type Step = (row: number, column: number, rows: number, columns: number) => [number, number];

const STEPS: Record<string, Step> = {
  ArrowUp: (row, column) => [row - 1, column],
  ArrowDown: (row, column) => [row + 1, column],
  ArrowLeft: (row, column) => [row, column - 1],
  ArrowRight: (row, column) => [row, column + 1],
  Home: (row) => [row, 0],
  End: (row, _column, _rows, columns) => [row, columns - 1],
  PageUp: (row, column) => [row - 8, column],
  PageDown: (row, column) => [row + 8, column],
};

export class ProofGrid {
  constructor(
    private readonly table: HTMLElement,
    private readonly onOpen: (cell: HTMLElement) => void,
  ) {
    const first = find("tbody td", table);
    if (first) first.tabIndex = 0;
    table.addEventListener("keydown", (event) => this.key(event));
    table.addEventListener("click", (event) => this.open(event));
    table.addEventListener("focusin", (event) => this.make(event.target));
  }

  private rows(): HTMLElement[] {
    return all("tbody tr", this.table);
  }

  private make(target: EventTarget | null): void {
    if (!(target instanceof HTMLTableCellElement) || target.tagName !== "TD") return;
    for (const cell of all('td[tabindex="0"]', this.table)) cell.tabIndex = -1;
    target.tabIndex = 0;
  }

  private open(event: Event): void {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("td[data-case]") : null;
    if (!cell) return;
    this.make(cell);
    this.onOpen(cell);
  }

  private key(event: KeyboardEvent): void {
    const cell = event.target instanceof HTMLTableCellElement && event.target.tagName === "TD" ? event.target : null;
    const row = cell?.closest<HTMLElement>("tr");
    if (!cell || !row || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (cell.dataset["case"]) this.onOpen(cell);
      return;
    }
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const rows = this.rows();
    const cells = all("td", row);
    let [down, across] = step(rows.indexOf(row), cells.indexOf(cell), rows.length, cells.length);
    if (event.ctrlKey && event.key === "Home") down = 0;
    if (event.ctrlKey && event.key === "End") down = rows.length - 1;
    down = Math.max(0, Math.min(rows.length - 1, down));
    across = Math.max(0, Math.min(cells.length - 1, across));
    const next = rows[down];
    if (next) all("td", next)[across]?.focus();
  }
}
