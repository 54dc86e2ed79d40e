// How time goes on in a replay: at a speed, and over idle stretches at one stroke. Pure.

export const SPEEDS = [1, 2, 4, 8, 16] as const;
/** Nothing happens for longer than this: that is idle. */
const IDLE_S = 10;
/** What is left of an idle stretch at either end, so that one sees that something ended and something comes. */
const EDGE_S = 1.5;

/** Where a replay is after so many seconds of its own time. `stops` are the times at which something happens, in order. */
export function advanced(at: number, seconds: number, stops: readonly number[], end: number, skipsIdle: boolean): number {
  const next = Math.min(end, at + seconds);
  if (!skipsIdle) return next;
  const place = firstAfter(stops, at);
  const before = stops[place - 1] ?? 0;
  const following = stops[place] ?? end;
  const isIdle = following - before > IDLE_S && next > before + EDGE_S;
  return isIdle ? Math.max(next, Math.min(end, following - EDGE_S)) : next;
}

function firstAfter(stops: readonly number[], at: number): number {
  let [low, high] = [0, stops.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stops[middle] ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** "1:02:03", "59:05", "0:09": how far into the sitting. */
export function elapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** "1 h 2 min", "3 min 5 s", "9 s": in words, for those who listen. */
export function inWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const parts = [hours ? `${hours} h` : "", minutes ? `${minutes} min` : "", hours || !(rest || !minutes) ? "" : `${rest} s`];
  return parts.filter(Boolean).join(" ");
}

/** The seconds of a link to a moment; null where there are none. */
export function linkedAt(search: string): { at: number; task: string | null } | null {
  const asked = new URLSearchParams(search);
  const written = asked.get("at");
  const at = Number(written);
  return written === null || written === "" || !Number.isFinite(at) ? null : { at: Math.max(0, at), task: asked.get("task") };
}

export function linkTo(page: string, at: number, task: string | null): string {
  const url = new URL(page);
  url.search = "";
  url.hash = "";
  url.searchParams.set("at", String(Math.round(at * 10) / 10));
  if (task) url.searchParams.set("task", task);
  return url.href;
}
