// The curves that probes report while they train: one chart, one point an event, and the same in words and numbers.
import uPlot from "uplot";
import { curveWords, drawable, positive, short, smoothed, tableRows, type Drawable } from "./curves";
import { find, make, need, setText } from "./dom";
import type { Curve } from "./story";

const COLOURS = ["--running", "--failed", "--passed", "--fault", "--limit"];
/** Lines differ by their dashes too: colour alone tells nobody apart. */
const DASHES = [[], [6, 4], [2, 3], [10, 3, 2, 3], [1, 5]];

const LEGEND_HEIGHT = 32;

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Canvas knows no light-dark(); an element resolves it. */
function resolved(name: string): string {
  const probe = make("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value || colour(name);
}

/** Steps and epochs are whole, and so are the marks below them. */
const WHOLE = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000].flatMap((power) => [power, 2 * power, 5 * power]);

export class TrainingView {
  private chart: uPlot | null = null;
  private drawn = "";
  private curves: Record<string, Curve> = {};
  private readonly picker: HTMLSelectElement;
  private readonly log: HTMLInputElement;
  private readonly smooth: HTMLInputElement;
  private readonly box: HTMLElement;
  private readonly numbers: HTMLDetailsElement;

  constructor(
    private readonly root: HTMLElement,
    private readonly titles: (id: string) => string,
  ) {
    this.picker = need<HTMLSelectElement>("[data-curve]", root);
    this.log = need<HTMLInputElement>("[data-log]", root);
    this.smooth = need<HTMLInputElement>("[data-smooth]", root);
    this.box = need("[data-chart]", root);
    this.numbers = need<HTMLDetailsElement>("[data-numbers]", root);
    for (const control of [this.picker, this.log, this.smooth]) control.addEventListener("change", () => this.redraw());
    this.numbers.addEventListener("toggle", () => this.redraw());
    document.addEventListener("gradetape:theme", () => this.redraw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    new ResizeObserver(() => this.resize()).observe(this.box);
  }

  show(curves: Record<string, Curve>): void {
    if (curves === this.curves) return;
    this.curves = curves;
    const ids = Object.keys(curves);
    need("[data-training-full]", this.root).hidden = !ids.length;
    need("[data-training-empty]", this.root).hidden = ids.length > 0;
    for (const option of [...this.picker.options]) if (!ids.includes(option.value)) option.remove();
    for (const id of ids) {
      if (find(`option[value="${CSS.escape(id)}"]`, this.picker)) continue;
      this.picker.append(new Option(this.titles(id), id, false, true));
    }
    this.draw();
  }

  private redraw(): void {
    this.drawn = "";
    this.draw();
  }

  private resize(): void {
    if (!this.box.clientWidth) return;
    if (this.chart) this.chart.setSize(this.size());
    else this.draw();
  }

  private size(): { width: number; height: number } {
    const legend = find(".u-legend", this.box)?.offsetHeight ?? LEGEND_HEIGHT;
    return { width: this.box.clientWidth, height: Math.max(120, this.box.clientHeight - legend) };
  }

  private draw(): void {
    const curve = this.curves[this.picker.value];
    if (!curve || !this.box.clientWidth) {
      if (!curve) this.clear();
      return; // a hidden tab has no size: drawn when it opens
    }
    const shown = drawable(curve);
    this.tell(shown);
    const names = shown.series.map((one) => one.name);
    const data: uPlot.AlignedData = [shown.xs, ...shown.series.map((one) => this.line(one.values))];
    const key = [this.picker.value, this.log.checked, this.smooth.checked, shown.x, ...names].join("|");
    if (key === this.drawn && this.chart) {
      this.chart.setData(data);
      return;
    }
    this.clear();
    this.drawn = key;
    this.chart = new uPlot(this.options(names, shown.x), data, this.box);
    this.chart.setSize(this.size()); // the names may need more than one line
  }

  private line(values: (number | null)[]): (number | null)[] {
    const smooth = this.smooth.checked ? smoothed(values) : values;
    return this.log.checked ? positive(smooth) : smooth;
  }

  /** For whoever can't see the chart, and for whoever wants to know exactly. */
  private tell(shown: Drawable): void {
    const words = curveWords(shown);
    this.box.setAttribute("aria-label", `Curves of ${this.titles(this.picker.value)}. ${words.join(" ")}`);
    const list = need("[data-curve-words]", this.root);
    while (list.children.length > words.length) list.lastElementChild?.remove();
    words.forEach((text, i) => {
      if (!list.children[i]) list.append(make("li"));
      setText(list.children[i] as Element, text);
    });
    if (!this.numbers.open) return;
    const row = (kind: "th" | "td", cells: string[]): HTMLElement => make("tr", "", ...cells.map((cell) => make(kind, "", cell)));
    const head = row("th", [shown.x, ...shown.series.map((one) => one.name)]);
    const body = tableRows(shown).map((cells) => row("td", cells.map((cell) => (cell === null ? "–" : short(cell)))));
    need("table", this.numbers).replaceChildren(make("thead", "", head), make("tbody", "", ...body));
  }

  private clear(): void {
    this.chart?.destroy();
    this.chart = null;
    this.drawn = "";
  }

  private options(names: string[], x: string): uPlot.Options {
    const axis: uPlot.Axis = { stroke: resolved("--muted"), grid: { stroke: resolved("--line"), width: 1 }, ticks: { show: false }, font: "12px Inter Variable" };
    const series = names.map((name, i) => ({
      label: name, stroke: resolved(COLOURS[i % COLOURS.length] ?? "--text"), dash: DASHES[i % DASHES.length] ?? [], width: 1.5, spanGaps: true,
      points: { show: false },
    }));
    return {
      ...this.size(),
      scales: { x: { time: false }, y: this.log.checked ? { distr: 3 } : {} },
      axes: [{ ...axis, size: 28, incrs: WHOLE }, { ...axis, size: 56 }],
      series: [{ label: x }, ...series],
      cursor: { drag: { x: false, y: false } },
    };
  }
}
