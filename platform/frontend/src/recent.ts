// The dashboard's list of submissions: one stream for all that are under way, and asking again where none gets through.
import htmx from "htmx.org";
import { all, find, need, setText } from "./dom";
import { icon } from "./icons";
import { plain } from "./rows";
import { stateWord, verdictWord } from "./words";

interface Row {
  id: string;
  state: string;
  verdict: string | null;
  score: number | null;
  ahead: number | null;
  landed: number;
  total: number;
}

const OPEN = new Set(["queued", "running"]);
const POLL_MS = 2000;
const IDLE_MS = 15000;
const STREAM_FAILURES = 3;

function progressOf(row: Row): string {
  if (row.state === "queued" && row.ahead !== null) return row.ahead ? `${row.ahead} before it` : "next in the queue";
  if (row.state === "running" && row.total) return `${row.landed} of ${row.total} cases`;
  return "";
}

export class RecentList {
  private stream: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;

  constructor(private readonly box: HTMLElement) {}

  start(): void {
    document.addEventListener("visibilitychange", () => this.wake());
    addEventListener("online", () => this.wake());
    if (this.hasOpen()) this.open();
    else this.pollIn(IDLE_MS);
  }

  private address(name: "events" | "state"): string {
    return this.box.dataset[name] ?? "";
  }

  private hasOpen(): boolean {
    return all("[data-submission]", this.box).some((row) => OPEN.has(row.dataset["state"] ?? ""));
  }

  private wake(): void {
    if (document.visibilityState === "visible" && !this.stream) void this.poll();
  }

  private open(): void {
    clearTimeout(this.timer);
    const stream = new EventSource(this.address("events"));
    this.stream = stream;
    stream.onopen = () => {
      this.failures = 0;
      this.say("");
    };
    stream.addEventListener("row", (event) => this.show([JSON.parse(event.data as string) as Row]));
    stream.addEventListener("end", () => {
      this.close();
      this.pollIn(IDLE_MS);
    });
    stream.onerror = () => {
      this.failures += 1;
      if (stream.readyState !== EventSource.CLOSED && this.failures < STREAM_FAILURES) return; // the browser tries again itself
      this.close();
      this.pollIn(0);
    };
  }

  private close(): void {
    this.stream?.close();
    this.stream = null;
  }

  private pollIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (document.visibilityState === "visible") void this.poll(); // else it is asked when somebody looks again
    }, ms);
  }

  private async poll(): Promise<void> {
    try {
      const response = await fetch(this.address("state"), { headers: { Accept: "application/json" }, redirect: "manual" });
      if (!response.ok) throw new Error(String(response.status));
      const { rows } = (await response.json()) as { rows: Row[] };
      this.say("");
      this.show(rows);
      const isOpen = rows.some((row) => OPEN.has(row.state));
      if (isOpen && this.failures < STREAM_FAILURES) this.open();
      else this.pollIn(isOpen ? POLL_MS : IDLE_MS);
    } catch {
      this.say("Reconnecting …");
      this.pollIn(IDLE_MS);
    }
  }

  /** Writes what changed into its rows; a submission that has no row yet is fetched with the list. */
  private show(rows: Row[]): void {
    let isOver = false;
    let isNew = false;
    for (const row of rows) {
      const element = find(`[data-submission="${CSS.escape(row.id)}"]`, this.box);
      if (!element) isNew = true;
      else isOver = this.write(element, row) || isOver;
    }
    if (isNew) void htmx.ajax("get", location.pathname, { target: "#recent", select: "#recent > *", swap: "innerHTML" });
    if (isOver || isNew) htmx.trigger(document.body, "submission-over", {});
  }

  /** True when the submission has come to its end just now. */
  private write(element: HTMLElement, row: Row): boolean {
    const before = element.dataset["state"] ?? "";
    element.dataset["state"] = row.state;
    const { word, icon: symbol, tone } = row.verdict ? verdictWord(row.verdict) : stateWord(row.state);
    const badge = need("[data-verdict] .state", element);
    if (badge.textContent?.trim() !== word) {
      badge.className = `state tone-${tone}`;
      badge.replaceChildren(icon(symbol), word);
    }
    setText(need("[data-progress]", element), progressOf(row));
    setText(need("[data-score]", element), row.score === null ? "–" : plain(row.score));
    const isOver = OPEN.has(before) && !OPEN.has(row.state);
    if (isOver) {
      const title = need("[data-row]", element).textContent ?? "";
      setText(need("[data-live-said]"), `${title}: ${word}${row.score === null ? "" : `, ${plain(row.score)} points`}`);
    }
    return isOver;
  }

  private say(text: string): void {
    const link = find("[data-live-link]");
    if (!link) return;
    setText(link, text);
    link.hidden = !text;
  }
}

export function startRecent(): void {
  const box = find("[data-recent]");
  if (box) new RecentList(box).start();
}
