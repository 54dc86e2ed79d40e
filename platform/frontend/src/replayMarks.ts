// What stands on the timeline, and in the list beside it: each as a sign, a tone and words. Pure.
import { awaySpans, type Moment, type Span, type Timeline } from "./moments";
import { inWords } from "./replayTime";
import { verdictWord, type Word } from "./words";

export interface Happening {
  at: number;
  /** How long it went on, where it did. */
  seconds: number;
  /** It goes on. */
  isOpen: boolean;
  sign: string;
  lane: "sent" | "paste" | "away" | "none";
  tone: string;
  icon: string | null;
  text: string;
  task: string | null;
  submission: string | null;
}

export const SIGNS = { run: "▲", submit: "●", paste: "▼", away: "▒" } as const;

const SENT: Record<string, string> = { run: "Ran the samples", submit: "Submitted", scratch: "Tried a snippet" };
const quiet = (moment: Moment): Pick<Happening, "at" | "seconds" | "isOpen" | "tone" | "icon" | "task" | "submission"> => ({
  at: moment.at, seconds: 0, isOpen: false, tone: "quiet", icon: null, task: moment.task, submission: moment.submission ?? null,
});

function paste(moment: Moment): Happening {
  const size = moment.pasted ?? 0;
  return { ...quiet(moment), sign: SIGNS.paste, lane: "paste", tone: "limit", text: `Pasted ${size} character${size === 1 ? "" : "s"}` };
}

/** A submission has the tone and the icon of what came of it, from the moment on at which it was sent. */
function sent(moment: Moment, outcome: Moment | undefined): Happening {
  const isRun = moment.sent !== "submit";
  const word = outcome && wordOf(outcome);
  const text = moment.handed_in ? "Handed in at the end" : (SENT[moment.sent ?? ""] ?? "Sent");
  const mark = isRun ? SIGNS.run : SIGNS.submit;
  return { ...quiet(moment), sign: mark, lane: "sent", tone: isRun ? "quiet" : (word?.tone ?? "running"), icon: isRun ? null : (word?.icon ?? "circle-dashed"), text };
}

export function wordOf(outcome: Moment): Word {
  return outcome.kind === "cancelled" ? { word: "Cancelled", icon: "minus", tone: "quiet" } : verdictWord(outcome.verdict ?? "");
}

function verdict(moment: Moment): Happening {
  const { word, icon, tone } = wordOf(moment);
  const of = moment.sent === "run" ? "samples" : "cases";
  const counts = moment.total ? `: ${moment.passed ?? 0} of ${moment.total} ${of} pass` : "";
  const text = moment.sent === "scratch" ? "The snippet has run" : word + counts;
  return { ...quiet(moment), sign: "", lane: "none", tone, icon, text };
}

/** All that is worth a line: pastes, submissions, what came of them, being away, and going to another task. */
export function happenings(timeline: Timeline, end: number, titles: ReadonlyMap<string, string>): Happening[] {
  const outcomes = outcomesOf(timeline);
  const rows: Happening[] = awaySpans(timeline, end).map(away);
  let task: string | null = null;
  for (const one of timeline.events) {
    if (one.kind === "edit") rows.push(paste(one));
    else if (one.kind === "sent") rows.push(sent(one, outcomes.get(one.submission ?? "")));
    else if (one.kind === "verdict" || one.kind === "cancelled") rows.push(verdict(one));
    else if (one.kind === "opened" && one.task !== task) {
      task = one.task;
      rows.push({ ...quiet(one), sign: "", lane: "none", icon: "arrow-right", text: `Opened ${titles.get(task ?? "") ?? task ?? "a page"}` });
    }
  }
  return rows.sort((a, b) => a.at - b.at);
}

const away = (span: Span): Happening => ({
  at: span.from, seconds: span.to - span.from, isOpen: span.isOpen, sign: SIGNS.away, lane: "away", tone: "quiet", icon: null, task: null, submission: null,
  text: span.isOpen ? "Left the page" : `Away from the page for ${inWords(span.to - span.from)}`,
});

export function outcomesOf(timeline: Timeline): Map<string, Moment> {
  const over = timeline.events.filter((one) => one.kind === "verdict" || one.kind === "cancelled");
  return new Map(over.map((one) => [one.submission ?? "", one]));
}

/** The next mark after a moment, or the one before it; what lies within half a second is where one is. */
export function markFrom(marks: readonly Happening[], at: number, way: 1 | -1): number | null {
  const places = marks.filter((one) => one.lane !== "none").map((one) => one.at);
  const found = way > 0 ? places.find((place) => place > at + 0.5) : places.findLast((place) => place < at - 0.5);
  return found ?? null;
}

/** When a task passed for the first time, or any did. */
export function firstPassed(timeline: Timeline, task: string | null): Moment | null {
  const passed = timeline.events.filter((one) => one.first_passed);
  return passed.find((one) => one.task === task) ?? passed[0] ?? null;
}

/** The edits in each of so many equal stretches, as heights from 0 to 1; a square root, so that single ones are seen. */
export function density(steps: readonly Moment[], end: number, stretches: number): number[] {
  const counts = new Array<number>(stretches).fill(0);
  for (const one of steps) {
    if (one.kind !== "edit") continue;
    const place = Math.min(stretches - 1, Math.floor((one.at / (end || 1)) * stretches));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const most = Math.max(1, ...counts);
  return counts.map((count) => Math.sqrt(count / most));
}
