// Texts that lost their place in this browser without being saved anywhere: set aside, and listed among the versions.
import { recall, remember } from "./remembered";

export interface Aside {
  source: string;
  /** Milliseconds. */
  at: number;
  tab: string;
}

const MOST = 10;

/** Names this window for as long as it lives. */
export const TAB = Math.random().toString(36).slice(2);

const keyOf = (key: string): string => `${key}:aside`;

/** The newest first. */
export function asideAt(key: string): Aside[] {
  try {
    const list = JSON.parse(recall(keyOf(key)) ?? "[]") as unknown;
    return Array.isArray(list) ? list.filter((one: Partial<Aside>) => typeof one?.source === "string" && typeof one.at === "number") : [];
  } catch {
    return [];
  }
}

/** A window's text takes the place of what the same window set aside within the last minute: it has been typed on. */
export function withAside(list: Aside[], next: Aside): Aside[] {
  const others = list.filter((one) => one.source !== next.source && !(one.tab === next.tab && next.at - one.at < 60_000));
  return [next, ...others].slice(0, MOST);
}

export function setAside(key: string, source: string, tab: string): void {
  remember(keyOf(key), JSON.stringify(withAside(asideAt(key), { source, at: Date.now(), tab })));
}
