// What watching and replaying have in common: the code of a task at a moment, what happened so far, and the submission
// that was sent last.
import { CodeView } from "./codeView";
import { all, need, setText } from "./dom";
import { HappeningList } from "./happeningList";
import { after, taskAt, Timeline, type Facts, type Moment } from "./moments";
import { happenings, outcomesOf, type Happening } from "./replayMarks";
import { elapsed } from "./replayTime";
import { SentPanel } from "./sentPanel";
import { Tape } from "./tape";

const NAMES: Record<string, string> = { run: "Run of the samples", submit: "Submission" };

export interface StageOptions {
  /** Where a click on something that happened leads; null: nowhere. */
  go: ((row: Happening) => void) | null;
  /** Another task was chosen, or following again. */
  chosen: () => void;
}

export class Stage {
  readonly timeline = new Timeline();
  readonly sent: SentPanel;
  rows: Happening[] = [];
  /** The task that somebody chose to see; null: the candidate's. */
  chosen: string | null = null;
  private readonly tape = new Tape(this.timeline.steps);
  private readonly code: CodeView;
  private readonly list: HappeningList;
  private readonly titles: ReadonlyMap<string, string>;
  private shownTask: string | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly facts: Facts,
    private readonly options: StageOptions,
  ) {
    this.titles = new Map(facts.tasks.map((one) => [one.slug, one.title]));
    const back = need<HTMLButtonElement>("[data-back]", root);
    this.code = new CodeView(need("[data-editor]", root), (follows) => (back.hidden = follows));
    back.addEventListener("click", () => this.code.follow(true));
    this.list = new HappeningList(need("[data-happenings]", root), options.go);
    this.sent = new SentPanel(need("[data-sent]", root), facts.submissions, facts.tasks, (moment) => `${NAMES[moment.sent ?? ""] ?? "Sent"} at ${elapsed(moment.at)}`);
    this.startTasks();
  }

  /** The task on show at the moment that was shown last. */
  get task(): string | null {
    return this.shownTask;
  }

  /** The marks and the list anew, after something was added. */
  renew(end: number): void {
    this.rows = happenings(this.timeline, end, this.titles);
    this.list.show(this.rows);
  }

  choose(task: string | null): void {
    this.chosen = task;
    need<HTMLInputElement>("[data-follow]", this.root).checked = task === null;
    this.code.follow(true);
    this.options.chosen();
  }

  /** Shows how it was at a moment. `live`: it is now, and what is graded is told as it comes. */
  show(at: number, live = false): void {
    this.shownTask = this.chosen ?? taskAt(this.timeline, at) ?? this.facts.tasks[0]?.slug ?? null;
    const shown = this.tape.at(this.shownTask ?? "", at);
    this.code.show(shown.text, shown.place);
    for (const button of all("[data-task]", this.root)) button.setAttribute("aria-pressed", String(button.dataset["task"] === this.shownTask));
    this.list.at(at);
    const sent = this.lastSent(at);
    const outcome = sent && outcomesOf(this.timeline).get(sent.submission ?? "");
    this.sent.show(sent, live ? "live" : Boolean(outcome && outcome.at <= at));
    setText(need("[data-code-state]", this.root), this.stateAt(at, shown.isBroken));
  }

  private lastSent(at: number): Moment | null {
    const events = this.timeline.events;
    for (let i = after(events, at) - 1; i >= 0; i--) {
      const one = events[i];
      if (one?.kind === "sent" && one.sent !== "scratch" && one.task === this.shownTask) return one;
    }
    return null;
  }

  private stateAt(at: number, isBroken: boolean): string {
    if (isBroken) return "A part of the recording is missing here: the code may have been another.";
    const away = this.rows.find((row) => row.lane === "away" && row.at <= at && (at < row.at + row.seconds || row.isOpen));
    if (away) return "Away from the page";
    const there = taskAt(this.timeline, at);
    return there && there !== this.shownTask ? `The candidate is at ${this.titles.get(there) ?? there}` : "";
  }

  private startTasks(): void {
    for (const button of all<HTMLButtonElement>("[data-task]", this.root)) {
      button.addEventListener("click", () => this.choose(button.dataset["task"] ?? null));
    }
    const follow = need<HTMLInputElement>("[data-follow]", this.root);
    follow.addEventListener("change", () => this.choose(follow.checked ? null : this.shownTask));
  }
}
