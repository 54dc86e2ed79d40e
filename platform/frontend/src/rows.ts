// The rows of the cases: each is on the page from the start and only changes what it says.
import { all, need, setText } from "./dom";
import { icon } from "./icons";
import type { Panel } from "./story";
import { isLive, isOver } from "./story";
import type { ListedCase } from "./telling";
import { outcomeWord } from "./words";

interface Row extends ListedCase {
  element: HTMLElement;
  shown: string;
}

interface Part {
  element: HTMLElement;
  ids: string[];
  points: number;
}

export const plain = (points: number): string => String(Math.round(points * 10) / 10);

function seconds(value: number | null): string {
  if (value === null) return "";
  return value < 1 ? `${Math.max(1, Math.round(value * 1000))} ms` : `${value.toFixed(1)} s`;
}

export class Rows {
  readonly listed: ListedCase[];
  private readonly rows: Row[];
  private readonly parts: Part[];

  constructor(root: HTMLElement, onSelect: (id: string) => void) {
    this.rows = all("[data-case]", root).map((element) => ({
      element,
      id: element.dataset["case"] ?? "",
      title: need(".case-title", element).textContent?.trim() ?? "",
      points: Number(element.dataset["points"]),
      sample: element.dataset["sample"] === "true",
      shown: "",
    }));
    this.listed = this.rows;
    this.parts = all("[data-part]", root).map((element) => {
      const cases = all("[data-case]", element);
      return {
        element: need("[data-part-points]", element),
        ids: cases.map((one) => one.dataset["case"] ?? ""),
        points: cases.reduce((sum, one) => sum + Number(one.dataset["points"]), 0),
      };
    });
    for (const row of this.rows) row.element.addEventListener("click", () => onSelect(row.id));
  }

  show(panel: Panel, samplesOnly: boolean, selected: string | null): void {
    for (const row of this.rows) this.showRow(row, panel, samplesOnly, selected);
    for (const part of this.parts) {
      const landed = part.ids.some((id) => panel.cases[id]);
      const earned = part.ids.reduce((sum, id) => sum + (panel.cases[id]?.earned ?? 0), 0);
      setText(part.element, landed ? `${plain(earned)}/${plain(part.points)}` : `${plain(part.points)} points`);
    }
  }

  /** Keeps the case that runs in sight. */
  reveal(id: string): void {
    this.rows.find((row) => row.id === id)?.element.scrollIntoView({ block: "nearest" });
  }

  private showRow(row: Row, panel: Panel, samplesOnly: boolean, selected: string | null): void {
    if (row.id === selected) row.element.setAttribute("aria-current", "true");
    else row.element.removeAttribute("aria-current");
    const result = panel.cases[row.id];
    const skipped = isOver(panel) || (isLive(panel) && samplesOnly && !row.sample);
    const outcome = result?.outcome ?? (panel.running.includes(row.id) ? "running" : skipped ? "not_run" : "waiting");
    const earned = result ? plain(result.earned) : "–";
    const key = `${outcome} ${earned} ${result?.seconds ?? ""}`;
    if (key === row.shown) return;
    row.shown = key;
    row.element.dataset["outcome"] = outcome;
    const { word, icon: symbol, tone } = outcomeWord(outcome);
    const holder = need("[data-icon]", row.element);
    holder.className = `tone-${tone}`;
    holder.replaceChildren(icon(symbol));
    const label = need("[data-word]", row.element);
    label.className = `case-word tone-${tone}`;
    setText(label, word);
    setText(need("[data-earned]", row.element), earned);
    setText(need("[data-seconds]", row.element), seconds(result?.seconds ?? null));
  }
}
