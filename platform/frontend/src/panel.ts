// The result panel: takes a story, live or replayed, and keeps the page in step with it.
import { caseDetail, faultDetail, quietDetail } from "./detail";
import { need, setText } from "./dom";
import type { StoryEvent } from "./events";
import { OutputView } from "./output";
import { Rows } from "./rows";
import { IDLE, isLive, isOver, reduce, type Panel } from "./story";
import { Follower, type Link } from "./stream";
import { Summary } from "./summary";
import { startTabs } from "./tabs";
import { percent, tell } from "./telling";
import { TrainingView } from "./training";

export interface Graded {
  url: string;
  events_url: string;
  kind: "run" | "submit";
}

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
  panel: Panel = IDLE;
  private samplesOnly = false;
  private selected: string | null = null;
  private chosen = false;
  private follower: Follower | null = null;
  private frame = 0;
  private said = "";
  private revealed: string | null = null;
  private readonly rows: Rows;
  private readonly summary: Summary;
  private readonly output: OutputView;
  private readonly training: TrainingView;
  private readonly openTab: (name: string) => void;

  constructor(
    private readonly root: HTMLElement,
    private readonly listener: Listener,
  ) {
    const title = (id: string): string => this.rows.listed.find((one) => one.id === id)?.title ?? id;
    this.rows = new Rows(root, (id) => this.select(id, true));
    this.summary = new Summary(root, (id) => this.select(id, true));
    this.output = new OutputView(need("[data-output]", root), title);
    this.training = new TrainingView(need("[data-training]", root), title);
    this.openTab = startTabs(need("[data-results-tabs]", root));
  }

  /** Starts over with a submission whose story is told from the beginning, or goes on after `story`. */
  begin(graded: Graded, story: StoryEvent[] = [], over = false): void {
    this.follower?.stop();
    this.panel = story.reduce(reduce, IDLE);
    this.samplesOnly = graded.kind === "run";
    this.selected = null;
    this.chosen = false;
    if (!over && !isOver(this.panel)) this.follow(graded);
    this.render();
  }

  /** Shows that something is on its way before the server has answered. */
  expect(kind: "run" | "submit"): void {
    this.follower?.stop();
    this.panel = { ...IDLE, phase: "queued" };
    this.samplesOnly = kind === "run";
    this.selected = null;
    this.chosen = false;
    this.openTab("cases");
    this.render();
  }

  /** Goes back to nothing: what was expected did not come. */
  reset(): void {
    this.panel = IDLE;
    this.render();
  }

  get live(): boolean {
    return isLive(this.panel);
  }

  private follow(graded: Graded): void {
    const addresses = { events: graded.events_url, state: `${graded.url}state/` };
    const take = (event: StoryEvent): void => {
      const next = reduce(this.panel, event);
      if (next.restarts !== this.panel.restarts) this.selected = null;
      this.panel = next;
      this.schedule();
    };
    this.follower = new Follower(addresses, this.panel.lastId, take, (link) => this.showLink(link));
    this.follower.start();
  }

  private showLink(link: Link): void {
    const text = isOver(this.panel) ? "" : (LINKS[link] ?? "");
    const element = need("[data-link]", this.root);
    setText(element, text);
    element.hidden = !text;
  }

  private select(id: string, chosen: boolean): void {
    this.selected = id;
    this.chosen ||= chosen;
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
    const { panel, rows } = this;
    if (!this.chosen) this.selected = rows.listed.find((one) => panel.cases[one.id] && panel.cases[one.id]?.outcome !== "passed")?.id ?? null;
    rows.show(panel, this.samplesOnly, this.selected);
    const newest = panel.running.at(-1) ?? null;
    if (newest && newest !== this.revealed && !this.chosen) rows.reveal(newest);
    this.revealed = newest;
    const telling = tell(panel, rows.listed, this.samplesOnly);
    this.summary.show(telling, percent(panel, rows.listed, this.samplesOnly));
    this.say(panel.phase === "running" ? "Running." : `${telling.head}. ${telling.line}${telling.next?.title ?? ""}`);
    this.output.show(panel.output, isLive(panel) ? "Nothing printed so far." : "What your code prints while it loads and in sample cases appears here.");
    this.training.show(panel.curves);
    this.showDetail();
    this.showCounts();
    this.root.dataset["phase"] = panel.phase; // before the listener: the style sheet shows other buttons by it
    this.listener.changed(panel);
  }

  private showDetail(): void {
    const { panel } = this;
    const listed = this.rows.listed.find((one) => one.id === this.selected);
    const result = listed ? (panel.cases[listed.id] ?? null) : null;
    const goToLine = (line: number): void => this.listener.goToLine(line);
    const fault = panel.finished?.message ? { message: panel.finished.message, line: panel.finished.line } : null;
    const box = need("[data-detail]", this.root);
    const nodes =
      fault && !(this.chosen && listed) ? faultDetail(fault, goToLine)
      : listed ? caseDetail(listed, result, goToLine)
      : quietDetail(panel.phase === "finished" ? "Choose a case to read about it." : "A case that fails explains itself here, with a hint.");
    const next = document.createElement("div");
    next.append(...nodes);
    if (next.innerHTML !== box.innerHTML) box.replaceChildren(...next.childNodes);
  }

  private showCounts(): void {
    const total = this.rows.listed.filter((one) => !this.samplesOnly || one.sample).length;
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
