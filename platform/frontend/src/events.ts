// What the server tells about one submission, event by event.

export type Outcome =
  | "passed" | "failed" | "error" | "time_limit" | "memory_limit" | "crashed" | "not_run" | "judge_error";

export interface Side {
  shape?: number[] | string | null;
  dtype?: string | null;
  text?: string | null;
}

/** |got - wanted| of an array in at most 16 by 16 blocks, each with its largest value; null: not finite. */
export interface Grid {
  shape: [number, number];
  /** Where each block starts. */
  rows: number[];
  columns: number[];
  values: (number | null)[][];
}

export interface Difference {
  kind: string;
  where?: string;
  got?: Side | null;
  want?: Side | null;
  largest?: { index?: unknown; got?: unknown; want?: unknown } | null;
  grid?: Grid | null;
}

export interface CaseResult {
  case: string;
  part: string;
  title: string;
  points: number;
  earned: number;
  outcome: Outcome;
  sample: boolean;
  seconds: number | null;
  hint: string | null;
  message: string | null;
  line?: number | null;
  difference: Difference | null;
  forbidden?: boolean;
}

export interface Finished {
  verdict: string;
  score: number;
  passed: number;
  total: number;
  message: string | null;
  line: number | null;
}

export interface Events {
  queued: { position?: number | null };
  position: { position?: number | null; ahead?: number | null };
  started: object;
  restarted: object;
  case_started: { case: string };
  progress: { case: string; values: Record<string, number> };
  /** `cut`: the server's own words, in the place of all that came after. */
  output: { stream: "stdout" | "stderr"; text: string; case: string | null; cut?: boolean };
  case: CaseResult;
  finished: Finished;
  cancelled: object;
}

export type EventType = keyof Events;

/** `id` grows along the story; live-only events (the position in the queue) have none. */
export type StoryEvent = { [T in EventType]: { id: string | null; type: T; data: Events[T] } }[EventType];

export const EVENT_TYPES: readonly EventType[] = [
  "queued", "position", "started", "restarted", "case_started", "progress", "output", "case", "finished", "cancelled",
];

const LIVE_ONLY: ReadonlySet<string> = new Set(["position"]);

/** One event from the wire, or null for a type that this page is too old to know. */
export function storyEvent(id: string | null, type: string, data: unknown): StoryEvent | null {
  if (!(EVENT_TYPES as readonly string[]).includes(type)) return null;
  return { id: LIVE_ONLY.has(type) ? null : id || null, type, data: data ?? {} } as StoryEvent;
}

/** Stream ids are numbers joined by dashes and grow from left to right. Positive: `a` comes after `b`. */
export function compareIds(a: string, b: string): number {
  const left = a.split("-").map(Number);
  const right = b.split("-").map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference) return difference;
  }
  return 0;
}
