// Which code to open with: what the server keeps, or what this browser could not save the last time. Pure.

export interface Draft {
  source: string;
  revision: number;
  saved_at: string | null;
}

/** Typed here. `revision` is the server's when it was typed or, where `saved`, the one under which the server took it. */
export interface LocalCopy {
  source: string;
  revision: number;
  saved?: boolean;
  /** The window that wrote it. */
  tab?: string;
}

export type Opening =
  | { kind: "server" | "local"; source: string }
  /** This browser saved it after the page was made (the page comes out of a cache, or crossed with the saving). */
  | { kind: "ahead"; source: string; revision: number }
  | { kind: "conflict"; source: string; theirs: Draft };

export function opening(server: Draft, local: LocalCopy | null): Opening {
  if (!local || local.source === server.source) return { kind: "server", source: server.source };
  if (local.saved && local.revision > server.revision) return { kind: "ahead", source: local.source, revision: local.revision };
  if (local.saved) return { kind: "server", source: server.source };
  if (local.revision === server.revision) return { kind: "local", source: local.source };
  return { kind: "conflict", source: local.source, theirs: server };
}

export function parseLocal(text: string | null): LocalCopy | null {
  try {
    const value = JSON.parse(text ?? "null") as Partial<LocalCopy> | null;
    const sound = typeof value?.source === "string" && typeof value.revision === "number";
    if (!sound) return null;
    const { source = "", revision = 0, saved, tab } = value;
    return { source, revision, saved: saved === true, ...(typeof tab === "string" && { tab }) };
  } catch {
    return null;
  }
}
