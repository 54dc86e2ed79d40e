// The curves that probes report while they train: one chart, one point an event.
import uPlot from "uplot";
import { find, make, need } from "./dom";
import type { Curve } from "./story";

const COLOURS = ["--running", "--failed", "--passed", "--fault", "--limit"];
const STEP = /^(step|epoch|batch|iteration)$/;

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

function dataOf(curve: Curve): { names: string[]; data: uPlot.AlignedData; x: string } {
  const step = Object.keys(curve.values).find((name) => STEP.test(name));
  const names = Object.keys(curve.values).filter((name) => name !== step);
  const xs = step ? (curve.values[step] ?? []).map((value, i) => value ?? i) : Array.from({ length: curve.length }, (_, i) => i + 1);
  const grows = xs.every((value, i) => i === 0 || value > (xs[i - 1] ?? 0));
  const x = grows ? xs : xs.map((_, i) => i + 1);
  return { names, data: [x, ...names.map((name) => curve.values[name] ?? [])], x: grows && step ? step : "report" };
}

export class TrainingView {
  private chart: uPlot | null = null;
  private drawn = "";
  private curves: Record<string, Curve> = {};
  private readonly picker: HTMLSelectElement;
  private readonly log: HTMLInputElement;
  private readonly box: HTMLElement;

  constructor(
    private readonly root: HTMLElement,
    private readonly titles: (id: string) => string,
  ) {
    this.picker = need<HTMLSelectElement>("[data-curve]", root);
    this.log = need<HTMLInputElement>("[data-log]", root);
    this.box = need("[data-chart]", root);
    this.picker.addEventListener("change", () => this.redraw());
    this.log.addEventListener("change", () => this.redraw());
    document.addEventListener("gradetape:theme", () => this.redraw());
    new ResizeObserver(() => this.resize()).observe(this.box);
  }

  show(curves: Record<string, Curve>): void {
    if (curves === this.curves) return;
    this.curves = curves;
    const ids = Object.keys(curves);
    need("[data-training-bar]", this.root).hidden = !ids.length;
    need("[data-training-empty]", this.root).hidden = ids.length > 0;
    if (!ids.length) this.picker.replaceChildren();
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
    return { width: this.box.clientWidth, height: Math.max(140, this.box.clientHeight - 32) };
  }

  private draw(): void {
    const curve = this.curves[this.picker.value];
    if (!curve || !this.box.clientWidth) {
      if (!curve) this.clear();
      return; // a hidden tab has no size: drawn when it opens
    }
    const { names, data, x } = dataOf(curve);
    const key = [this.picker.value, this.log.checked, x, ...names].join("|");
    if (key === this.drawn && this.chart) {
      this.chart.setData(data);
      return;
    }
    this.clear();
    this.drawn = key;
    this.chart = new uPlot(this.options(names, x), data, this.box);
  }

  private clear(): void {
    this.chart?.destroy();
    this.chart = null;
    this.drawn = "";
  }

  private options(names: string[], x: string): uPlot.Options {
    const axis: uPlot.Axis = { stroke: resolved("--muted"), grid: { stroke: resolved("--line"), width: 1 }, ticks: { show: false }, font: "12px Inter Variable" };
    const series = names.map((name, i) => ({ label: name, stroke: resolved(COLOURS[i % COLOURS.length] ?? "--text"), width: 1.5, spanGaps: true, points: { show: false } }));
    return {
      ...this.size(),
      scales: { x: { time: false }, y: this.log.checked ? { distr: 3 } : {} },
      axes: [{ ...axis, size: 28 }, { ...axis, size: 56 }],
      series: [{ label: x }, ...series],
      cursor: { drag: { x: false, y: false } },
    };
  }
}
