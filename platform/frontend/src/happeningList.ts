// The list of what happened, beside the code: a click goes there. The last one that has happened is marked.
import { make } from "./dom";
import { icon } from "./icons";
import type { Happening } from "./replayMarks";
import { elapsed } from "./replayTime";

export class HappeningList {
  private rows: Happening[] = [];
  private written = "";
  private current = -1;

  /** Without `onGo` the rows are only read. */
  constructor(
    private readonly list: HTMLElement,
    private readonly onGo: ((row: Happening) => void) | null,
  ) {}

  show(rows: Happening[]): void {
    const key = JSON.stringify(rows);
    if (key === this.written) return;
    const wasAtEnd = this.list.scrollTop + this.list.clientHeight >= this.list.scrollHeight - 40;
    this.written = key;
    this.rows = rows;
    this.current = -1;
    this.list.replaceChildren(...rows.map((row) => make("li", "", this.row(row))));
    if (!this.onGo && wasAtEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  /** Marks where a replay is. */
  at(moment: number): void {
    const place = this.rows.findLastIndex((row) => row.at <= moment);
    if (place === this.current) return;
    this.current = place;
    for (const [i, item] of [...this.list.children].entries()) {
      const row = item.firstElementChild;
      if (i === place) row?.setAttribute("aria-current", "true");
      else row?.removeAttribute("aria-current");
    }
    const shown = this.list.children[place];
    if (!(shown instanceof HTMLElement) || this.list.matches(":hover, :focus-within")) return;
    const top = shown.offsetTop - this.list.offsetTop;
    if (top < this.list.scrollTop || top > this.list.scrollTop + this.list.clientHeight - 40) this.list.scrollTop = top - this.list.clientHeight / 2;
  }

  private row(row: Happening): HTMLElement {
    const sign = make("span", `happening-sign tone-${row.tone}`, row.sign || (row.icon ? icon(row.icon) : ""));
    sign.setAttribute("aria-hidden", "true");
    const text = make("span", "happening-text", row.text);
    if (row.lane === "sent" && row.icon) text.append(make("span", `tone-${row.tone}`, " ", icon(row.icon)));
    const parts = [make("span", "happening-time number", elapsed(row.at)), sign, text];
    const { onGo } = this;
    if (!onGo) return make("span", "happening", ...parts);
    const button = make("button", "happening", ...parts);
    button.type = "button";
    button.dataset["row"] = "";
    button.addEventListener("click", () => onGo(row));
    return button;
  }
}
