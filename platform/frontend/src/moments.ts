// A sitting's timeline as its pages have it: what was told, each thing once, in the order of time. Pure.

export interface Moment {
  /** The number of its entry; null for what is no entry. */
  n: number | null;
  /** Seconds since the start of the sitting. */
  at: number;
  kind: "opened" | "edit" | "left" | "returned" | "sent" | "verdict" | "cancelled";
  task: string | null;
  page: string;
  text?: string;
  changes?: unknown;
  /** How much was pasted, where an edit was a paste. */
  pasted?: number;
  submission?: string;
  sent?: "run" | "submit" | "scratch";
  handed_in?: boolean;
  verdict?: string;
  score?: number;
  passed?: number;
  total?: number;
  first_passed?: boolean;
}

export interface Task {
  slug: string;
  title: string;
  cases: { id: string; title: string; points: number; sample: boolean }[];
}

export interface Clocked {
  state: "waiting" | "running" | "finished";
  now: string;
  deadline: string | null;
  credit: number;
}

/** What the server puts into the page. */
export interface Facts {
  timeline: string;
  events: string;
  replay: string;
  matches: string;
  submissions: string;
  tasks: Task[];
  started: string;
  now: number;
  ended: number | null;
  cut: number | null;
  clock?: Clocked;
}

/** One page of the timeline, as the server answers. */
export interface Portion {
  entries: Moment[];
  next: number;
  more: boolean;
  now: number;
  ended: number | null;
  cut: number | null;
  clock: Clocked;
}

export class Timeline {
  /** Edits and what else makes texts, in the order of their numbers. */
  readonly steps: Moment[] = [];
  /** All but plain typing, in the order of time. */
  readonly events: Moment[] = [];
  /** The number of the last entry. */
  last = 0;
  private readonly known = new Set<string>();

  /** Takes what is new of these; says whether anything was. */
  add(moments: Moment[]): boolean {
    const fresh = moments.filter((one) => this.isNew(one));
    for (const one of fresh) this.take(one);
    return fresh.length > 0;
  }

  get end(): number {
    return Math.max(this.steps.at(-1)?.at ?? 0, this.events.at(-1)?.at ?? 0);
  }

  get isEmpty(): boolean {
    return !this.steps.length && !this.events.length;
  }

  /** Verdicts have no number, and neither have submissions from before there were timelines: they may be told twice. */
  private isNew(one: Moment): boolean {
    if (one.n !== null && one.n <= this.last) return false;
    const key = one.submission ? `${one.kind} ${one.submission}` : "";
    if (key && this.known.has(key)) return false;
    if (key) this.known.add(key);
    this.last = one.n ?? this.last;
    return true;
  }

  private take(one: Moment): void {
    if (one.kind === "opened" || one.kind === "edit") this.steps.push(one);
    if (one.kind === "edit" && !one.pasted) return;
    const place = after(this.events, one.at);
    this.events.splice(place, 0, one);
  }
}

/** How many of these, which are in the order of time, are not after a moment. */
export function after(list: readonly { at: number }[], at: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Span {
  from: number;
  to: number;
  /** They have not come back. */
  isOpen: boolean;
}

const SHORTEST_AWAY_S = 2;

/** When nobody was at any page. Going from one task to the next is no leaving. */
export function awaySpans({ steps, events }: Timeline, end: number): Span[] {
  const spans: Span[] = [];
  const moves = events.filter((one) => one.n !== null && (one.kind === "left" || one.kind === "returned" || one.kind === "opened"));
  for (const [i, move] of moves.entries()) {
    if (move.kind !== "left" || move.at < (spans.at(-1)?.to ?? 0)) continue;
    const back = moves.slice(i + 1).find((one) => one.kind !== "left")?.at ?? Infinity;
    const to = Math.min(back, stepAfter(steps, move)?.at ?? Infinity);
    spans.push({ from: move.at, to: Math.min(to, Math.max(end, move.at)), isOpen: to === Infinity });
  }
  return spans.filter((span) => span.to - span.from >= SHORTEST_AWAY_S);
}

/** The first that was typed after something else happened. */
function stepAfter(steps: readonly Moment[], move: Moment): Moment | undefined {
  let place = after(steps, move.at);
  while (place > 0 && (steps[place - 1]?.n ?? 0) > (move.n ?? 0)) place--;
  return steps[place];
}

/** The task that the candidate was at; where no typing was recorded, that of what was sent last. Null before the first. */
export function taskAt(timeline: Timeline, at: number): string | null {
  const step = timeline.steps[after(timeline.steps, at) - 1];
  if (step) return step.task;
  return timeline.events.slice(0, after(timeline.events, at)).findLast((one) => one.task)?.task ?? null;
}
