// Which code to open with: what the server keeps, or what this browser could not save the last time. Pure.

export interface Draft {
  source: string;
  revision: number;
  saved_at: string | null;
}

/** Typed here and not known to be saved. `revision` is the server's at that time. */
export interface LocalCopy {
  source: string;
  revision: number;
}

export type Opening =
  | { kind: "server"; source: string }
  | { kind: "local"; source: string }
  | { kind: "conflict"; source: string; theirs: Draft };

export function opening(server: Draft, local: LocalCopy | null): Opening {
  if (!local || local.source === server.source) return { kind: "server", source: server.source };
  if (local.revision === server.revision) return { kind: "local", source: local.source };
  return { kind: "conflict", source: local.source, theirs: server };
}

export function parseLocal(text: string | null): LocalCopy | null {
  try {
    const value = JSON.parse(text ?? "null") as Partial<LocalCopy> | null;
    const sound = typeof value?.source === "string" && typeof value.revision === "number";
    return sound ? { source: value.source ?? "", revision: value.revision ?? 0 } : null;
  } catch {
    return null;
  }
}
