// From events to what the panel shows. Pure: a replayed story and a live stream come to the same state.
import { compareIds, type CaseResult, type Events, type Finished, type StoryEvent } from "./events";

export type Phase = "idle" | "queued" | "loading" | "running" | "finished" | "cancelled";

export interface OutputPiece {
  stream: "stdout" | "stderr";
  case: string | null;
  text: string;
  /** Words of the server: what came after is not kept. */
  cut?: boolean;
}

/** One point for each `progress` event; a value that an event lacks is null. */
export interface Curve {
  length: number;
  values: Record<string, (number | null)[]>;
}

export interface Panel {
  phase: Phase;
  ahead: number | null;
  /** Started and not landed: a case is still being checked while the next one runs. */
  running: string[];
  cases: Record<string, CaseResult>;
  output: OutputPiece[];
  curves: Record<string, Curve>;
  finished: Finished | null;
  restarts: number;
  lastId: string | null;
}

export const IDLE: Panel = {
  phase: "idle", ahead: null, running: [], cases: {}, output: [], curves: {}, finished: null, restarts: 0, lastId: null,
};

const LONGEST_CURVE = 4000;

function withOutput(output: OutputPiece[], piece: OutputPiece): OutputPiece[] {
  const last = output.at(-1);
  if (!last || last.cut || piece.cut || last.stream !== piece.stream || last.case !== piece.case) return [...output, piece];
  return [...output.slice(0, -1), { ...last, text: last.text + piece.text }];
}

const pieceOf = ({ stream, case: of, text, cut }: Events["output"]): OutputPiece => ({ stream, case: of, text, ...(cut && { cut }) });

function withPoint(curve: Curve | undefined, values: Record<string, number>): Curve {
  const before = curve ?? { length: 0, values: {} };
  if (before.length >= LONGEST_CURVE) return before;
  const grown: Curve["values"] = {};
  for (const name of new Set([...Object.keys(before.values), ...Object.keys(values)])) {
    const past = before.values[name] ?? new Array<null>(before.length).fill(null);
    grown[name] = [...past, values[name] ?? null];
  }
  return { length: before.length + 1, values: grown };
}

function applied(panel: Panel, event: StoryEvent): Panel {
  switch (event.type) {
    case "queued":
      return { ...panel, phase: "queued", ahead: event.data.position ?? null };
    case "position":
      return panel.phase === "queued" ? { ...panel, ahead: event.data.ahead ?? event.data.position ?? null } : panel;
    case "started":
      return { ...panel, phase: "loading", ahead: null };
    case "restarted":
      return { ...IDLE, phase: "queued", restarts: panel.restarts + 1 };
    case "case_started":
      return { ...panel, phase: "running", running: [...panel.running.filter((id) => id !== event.data.case), event.data.case] };
    case "progress":
      return { ...panel, curves: { ...panel.curves, [event.data.case]: withPoint(panel.curves[event.data.case], event.data.values) } };
    case "output":
      return { ...panel, output: withOutput(panel.output, pieceOf(event.data)) };
    case "case": {
      const running = panel.running.filter((id) => id !== event.data.case);
      return { ...panel, phase: "running", running, cases: { ...panel.cases, [event.data.case]: event.data } };
    }
    case "finished":
      return { ...panel, phase: "finished", running: [], finished: event.data };
    case "cancelled":
      return { ...panel, phase: "cancelled", running: [] };
  }
}

/** The state after one more event. An event seen before (a reconnect, a poll beside the stream) changes nothing. */
export function reduce(panel: Panel, event: StoryEvent): Panel {
  if (event.id !== null && panel.lastId !== null && compareIds(event.id, panel.lastId) <= 0) return panel;
  const next = applied(panel, event);
  return event.id === null ? next : { ...next, lastId: event.id };
}

export const isLive = (panel: Panel): boolean => panel.phase === "queued" || panel.phase === "loading" || panel.phase === "running";
export const isOver = (panel: Panel): boolean => panel.phase === "finished" || panel.phase === "cancelled";
