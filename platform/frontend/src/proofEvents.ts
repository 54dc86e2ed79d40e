// What is told of a proof while it goes on.
import { Following } from "./following";

/** A cell is its state and its tone: "failed good". A total is its words and its tone. */
export interface Board {
  rows: Record<string, { cells: Record<string, string>; total: [string, string] }>;
  columns: Record<string, [string, string]>;
  figures: Record<string, number | null>;
}

export type ProofEvent = { id: string | null } & (
  | { type: "started"; data: { row: string; cases: string[] } }
  | { type: "cell"; data: { row: string; case: string; cell: string } }
  | { type: "board"; data: Board }
);

const TYPES = ["started", "cell", "board"] as const;

export class ProofFollower extends Following<ProofEvent> {
  protected readonly types = TYPES;

  protected read(id: string | null, type: string, data: unknown): ProofEvent | null {
    return (TYPES as readonly string[]).includes(type) ? ({ id: id || null, type, data } as ProofEvent) : null;
  }
}
