// The head of the results: the ring, the two lines and what screen readers are told.
import { make, need, setText } from "./dom";
import { icon } from "./icons";
import type { Telling } from "./telling";

export class Summary {
  private shown = "";

  constructor(
    private readonly root: HTMLElement,
    private readonly onNext: (id: string) => void,
    private readonly solutionUrl = "",
  ) {}

  show(telling: Telling, percent: number | null): void {
    const key = JSON.stringify([telling, percent]);
    if (key === this.shown) return;
    this.shown = key;
    const head = need("[data-head]", this.root);
    head.className = `summary-head tone-${telling.tone}`;
    head.replaceChildren(icon(telling.icon), telling.head);
    const line = need("[data-line]", this.root);
    line.replaceChildren(telling.line);
    const next = telling.next;
    if (next && telling.line.endsWith(": ")) {
      const button = make("button", "", next.title);
      button.type = "button";
      button.addEventListener("click", () => this.onNext(next.id));
      line.append(button, ".");
    }
    if (telling.solved && this.solutionUrl) {
      const link = make("a", "", "See the reference");
      link.href = this.solutionUrl;
      line.append(link);
    }
    line.title = line.textContent ?? "";
    this.ring(telling.tone, percent);
  }

  /** Said once for each phase, not for each case: a screen reader should not drown. */
  announce(text: string): void {
    setText(need("[data-announce]", this.root), text);
  }

  private ring(tone: string, percent: number | null): void {
    const ring = need<SVGElement>("[data-ring]", this.root);
    const fill = need<SVGElement>("[data-ring-fill]", this.root);
    ring.setAttribute("class", `ring tone-${tone}`);
    fill.setAttribute("stroke-dasharray", `${percent ?? 0} 100`);
    fill.setAttribute("visibility", percent ? "visible" : "hidden");
    setText(need<SVGElement>("[data-ring-text]", this.root), percent === null ? "–" : String(percent));
  }
}
