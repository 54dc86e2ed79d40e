// The result panel: takes a story, live or replayed, and keeps the page in step with it.
import { caseDetail, faultDetail, quietDetail } from "./detail";
import { find, need, setText } from "./dom";
import type { StoryEvent } from "./events";
import { OutputView } from "./output";
import { reportLink } from "./reporting";
import { Rows } from "./rows";
import { IDLE, isLive, isOver, type Panel } from "./story";
import type { Link } from "./stream";
import { Summary } from "./summary";
import { startTabs } from "./tabs";
import { percent, tell } from "./telling";
import { TrainingView } from "./training";
import { WatchList } from "./watchList";
import { Watch, type Graded } from "./watching";

export type { Graded } from "./watching";

export interface Listener {
  changed(panel: Panel): void;
  goToLine(line: number): void;
}

const LINKS: Partial<Record<Link, string>> = {
  reconnecting: "The connection was cut; trying again.",
  polling: "Live updates don't get through; asking every moment instead.",
  lost: "This submission can't be followed any more. Reload the page.",
};

export class ResultPanel {
  private frame = 0;
  private said = "";
  private revealed: string | null = null;
  private shown: Watch | null = null;
  private readonly rows: Rows;
  private readonly summary: Summary;
  private readonly output: OutputView;
  private readonly training: TrainingView;
  private readonly list: WatchList;
  private readonly openTab: (name: string) => void;

  constructor(
    private readonly root: HTMLElement,
    private readonly listener: Listener,
  ) {
    const title = (id: string): string => this.rows.listed.find((one) => one.id === id)?.title ?? id;
    const solution = root.closest<HTMLElement>("[data-solution-url]")?.dataset["solutionUrl"] ?? "";
    this.rows = new Rows(root, (id) => this.select(id, true));
    this.summary = new Summary(root, (id) => this.select(id, true), solution);
    this.output = new OutputView(need("[data-output]", root), title);
    this.training = new TrainingView(need("[data-training]", root), title);
    this.list = new WatchList(find("[data-watches]", root), this.rows.listed, (watch) => this.bringUp(watch));
    this.openTab = startTabs(need("[data-results-tabs]", root));
  }

  /** The story of the submission on show. */
  get panel(): Panel {
    return this.shown?.panel ?? IDLE;
  }

  /** Where the submission on show is to be found; empty before the server has answered. */
  get url(): string {
    return this.shown?.graded.url ?? "";
  }

  get live(): boolean {
    return isLive(this.panel);
  }

  /** Shows a submission whose story is told from the beginning, or goes on after `story`. What ran before runs on. */
  begin(graded: Graded, story: StoryEvent[] = []): void {
    const pending = this.shown && !this.shown.graded.url ? this.shown : null;
    this.bringUp(new Watch(graded, (watch) => this.changed(watch), story));
    if (pending) this.list.drop(pending);
    this.render();
  }

  /** Follows another submission that is under way, behind the one on show. */
  alsoFollow(graded: Graded): void {
    const watch = new Watch(graded, (one) => this.changed(one));
    this.list.add(watch);
    watch.follow(false);
    this.list.show(this.shown);
  }

  /** Shows that something is on its way before the server has answered. */
  expect(kind: "run" | "submit"): void {
    this.openTab("cases");
    this.bringUp(new Watch({ url: "", events_url: "", kind }, () => undefined));
  }

  /** Goes back to what was there: what was expected did not come. */
  reset(): void {
    const pending = this.shown && !this.shown.graded.url ? this.shown : null;
    if (pending) this.list.drop(pending);
    const before = this.list.newest();
    if (before) this.bringUp(before);
    else {
      this.shown = null;
      this.render();
    }
  }

  private bringUp(watch: Watch): void {
    if (watch !== this.shown) this.shown?.follow(false);
    this.shown = watch;
    this.revealed = null;
    this.list.add(watch);
    this.list.prune(watch);
    watch.follow(true);
    this.render();
  }

  private changed(watch: Watch): void {
    if (watch === this.shown) return this.schedule();
    this.list.show(this.shown);
    if (isOver(watch.panel) && !watch.seen) document.body.dispatchEvent(new CustomEvent("submission-over"));
  }

  private showLink(): void {
    const text = isOver(this.panel) || !this.shown ? "" : (LINKS[this.shown.link] ?? "");
    const element = need("[data-link]", this.root);
    setText(element, text);
    element.hidden = !text;
  }

  private select(id: string, chosen: boolean): void {
    if (!this.shown) this.shown = new Watch({ url: "", events_url: "", kind: "submit", state: "none" }, () => undefined);
    this.shown.selected = id;
    this.shown.chosen ||= chosen;
    if (chosen) this.openTab("cases");
    this.render();
  }

  /** Many events may land within one frame; the page is written once. A hidden page gets no frames, so it gets a timer. */
  private schedule(): void {
    if (this.frame) return;
    const run = (): void => {
      this.frame = 0;
      this.render();
    };
    this.frame = document.hidden ? Number(setTimeout(run, 100)) : requestAnimationFrame(run);
  }

  private render(): void {
    const { panel, rows, shown } = this;
    const samplesOnly = shown?.samplesOnly ?? false;
    const failed = rows.listed.find((one) => panel.cases[one.id] && panel.cases[one.id]?.outcome !== "passed")?.id ?? null;
    if (shown && !shown.chosen) shown.selected = failed;
    if (shown && isOver(panel)) shown.seen = true;
    rows.show(panel, samplesOnly, shown?.selected ?? null);
    const newest = panel.running.at(-1) ?? null;
    if (newest && newest !== this.revealed && !shown?.chosen) rows.reveal(newest);
    this.revealed = newest;
    const telling = tell(panel, rows.listed, samplesOnly);
    this.summary.show(telling, percent(panel, rows.listed, samplesOnly));
    this.say(panel.phase === "running" ? "Running." : `${telling.head}. ${telling.line}${telling.next?.title ?? ""}`);
    this.output.show(panel.output, isLive(panel) ? "Nothing printed so far." : "What your code prints while it loads and in sample cases appears here.");
    this.training.show(panel.curves);
    this.list.show(shown);
    this.showLink();
    this.showDetail();
    this.showCounts(samplesOnly);
    this.root.dataset["phase"] = panel.phase; // before the listener: the style sheet shows other buttons by it
    this.listener.changed(panel);
  }

  private showDetail(): void {
    const { panel, shown } = this;
    const listed = this.rows.listed.find((one) => one.id === shown?.selected);
    const result = listed ? (panel.cases[listed.id] ?? null) : null;
    const goToLine = (line: number): void => this.listener.goToLine(line);
    const fault = panel.finished?.message ? { message: panel.finished.message, line: panel.finished.line } : null;
    const box = need("[data-detail]", this.root);
    const nodes =
      fault && !(shown?.chosen && listed) ? faultDetail(fault, goToLine)
      : listed ? [...caseDetail(listed, result, goToLine), ...(shown && this.root.closest("[data-reports]") ? reportLink(shown.graded, panel, listed.id) : [])]
      : quietDetail(panel.phase === "finished" ? "Choose a case to read about it." : "A case that fails explains itself here, with a hint.");
    const next = document.createElement("div");
    next.append(...nodes);
    if (next.innerHTML !== box.innerHTML) box.replaceChildren(...next.childNodes);
  }

  private showCounts(samplesOnly: boolean): void {
    const total = this.rows.listed.filter((one) => !samplesOnly || one.sample).length;
    const passed = Object.values(this.panel.cases).filter((one) => one.outcome === "passed").length;
    setText(need("[data-count=cases]", this.root), this.panel.phase === "idle" ? String(total) : `${passed}/${total}`);
    const curves = Object.keys(this.panel.curves).length;
    setText(need("[data-count=training]", this.root), curves ? String(curves) : "");
  }

  private say(text: string): void {
    if (text === this.said || (this.panel.phase === "running" && this.said === "Running.")) return;
    this.said = text;
    this.summary.announce(text);
  }
}
