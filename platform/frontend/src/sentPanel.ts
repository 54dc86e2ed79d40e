// One submission beside the code: what came of it, whether the recording gives its source, and its cases as they land.
import { caseDetail } from "./detail";
import { make } from "./dom";
import { icon } from "./icons";
import type { Moment, Task } from "./moments";
import { plain } from "./rows";
import { isOver } from "./story";
import { tell } from "./telling";
import { outcomeWord } from "./words";
import { Watch } from "./watching";

export type Match = "exact" | "differs" | "unknown";

const MATCHES: Record<Match, [tone: string, icon: string, text: string]> = {
  exact: ["passed", "circle-check", "The replayed text is exactly the submitted source."],
  differs: ["limit", "circle-alert", "The replayed text is not the submitted source: something was typed that was not recorded."],
  unknown: ["quiet", "info", "Whether the replayed text is the submitted source can't be said: the recording lacks a part."],
};

export class SentPanel {
  private readonly watches = new Map<string, Watch>();
  private shown: Moment | null = null;
  private selected: string | null = null;
  /** What is on the page. The panel of a story is another object whenever something was told. */
  private written: readonly unknown[] = [];
  private matches: Readonly<Record<string, Match>> | null = null;

  /** `address`: of the submissions, as interviewers see them. */
  constructor(
    private readonly box: HTMLElement,
    private readonly address: string,
    private readonly tasks: Task[],
    private readonly heading: (moment: Moment) => string,
  ) {}

  /** `isGraded`: whether there is a result yet at the moment on show; a live one is told as it comes. */
  show(sent: Moment | null, isGraded: boolean | "live"): void {
    const moment = sent?.sent === "scratch" ? null : sent;
    if (moment?.submission !== this.shown?.submission) {
      this.selected = null;
      this.quieten();
    }
    this.shown = moment;
    if (moment && isGraded) this.watchOf(moment, isGraded === "live");
    this.render(Boolean(isGraded));
  }

  setMatches(matches: Readonly<Record<string, Match>>): void {
    this.matches = matches;
  }

  private quieten(): void {
    if (this.shown?.submission) this.watches.get(this.shown.submission)?.stop();
  }

  private watchOf(moment: Moment, live: boolean): Watch {
    const id = moment.submission ?? "";
    const known = this.watches.get(id);
    if (known) return known;
    const url = `${this.address}${id}/`;
    const kind = moment.sent === "run" ? "run" : "submit";
    const watch = new Watch({ url, events_url: `${url}events/`, kind, state: live ? "queued" : "finished" }, () => this.render(true));
    this.watches.set(id, watch);
    watch.follow(true);
    return watch;
  }

  private render(isGraded: boolean): void {
    const { shown } = this;
    const watch = isGraded && shown ? this.watches.get(shown.submission ?? "") : undefined;
    const now = [shown?.submission, isGraded, this.selected, watch?.panel, this.matches];
    if (now.every((value, i) => value === this.written[i]) && this.written.length) return;
    this.written = now;
    const focused = this.box.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset["case"] : undefined;
    this.box.replaceChildren(...(shown ? this.parts(shown, watch) : [make("p", "detail-quiet", "No submission yet at this moment.")]));
    if (focused) this.box.querySelector<HTMLElement>(`[data-case="${CSS.escape(focused)}"]`)?.focus();
  }

  private parts(shown: Moment, watch: Watch | undefined): Node[] {
    const task = this.tasks.find((one) => one.slug === shown.task);
    const listed = (task?.cases ?? []).filter((one) => one.sample || shown.sent !== "run");
    const nodes: Node[] = [make("h2", "sent-head", this.heading(shown))];
    if (task && this.tasks.length > 1) nodes.push(make("p", "sub", task.title));
    if (!watch) nodes.push(make("p", "state tone-running", icon("circle-dashed"), "Not graded yet at this moment"));
    else if (watch.panel.phase === "idle") nodes.push(make("p", "state", icon("circle-dashed"), "Asking for its cases"));
    else {
      const { tone, icon: symbol, head } = tell(watch.panel, listed, watch.samplesOnly);
      nodes.push(make("p", `state tone-${tone}`, icon(symbol), head));
    }
    nodes.push(...this.matchOf(shown));
    if (watch && (watch.panel.phase === "running" || isOver(watch.panel))) nodes.push(this.cases(listed, watch));
    if (this.matches) {
      const link = make("a", "", "Open this submission");
      link.href = `${this.address}${shown.submission ?? ""}/`;
      nodes.push(make("p", "", link));
    }
    return nodes;
  }

  private matchOf(shown: Moment): Node[] {
    const match = this.matches && (this.matches[shown.submission ?? ""] ?? "unknown");
    if (!match) return [];
    const [tone, symbol, text] = MATCHES[match];
    return [make("p", `sent-match tone-${tone}`, icon(symbol), make("span", "", text))];
  }

  private cases(listed: Task["cases"], watch: Watch): HTMLElement {
    const list = make("ul", "sent-cases");
    for (const one of listed) {
      const result = watch.panel.cases[one.id] ?? null;
      const { word, icon: symbol, tone } = outcomeWord(result?.outcome ?? (watch.panel.running.includes(one.id) ? "running" : "waiting"));
      const points = make("span", "number", result ? `${plain(result.earned)}/${plain(one.points)}` : plain(one.points));
      const row = make("button", "sent-case", make("span", `tone-${tone}`, icon(symbol), make("span", "unseen", word)), make("span", "sent-title", one.title), points);
      row.type = "button";
      row.dataset["case"] = one.id;
      row.dataset["outcome"] = result?.outcome ?? "waiting";
      const isOpen = this.selected === one.id;
      row.setAttribute("aria-expanded", String(isOpen));
      row.addEventListener("click", () => {
        this.selected = isOpen ? null : one.id;
        this.render(true);
      });
      const item = make("li", "", row);
      if (isOpen) item.append(make("div", "sent-detail", ...caseDetail(one, result, null)));
      list.append(item);
    }
    return list;
  }
}
