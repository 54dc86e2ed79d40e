// Follows a sitting: server-sent events first, asking again and again where a stream doesn't get through.
import type { Clocked, Moment } from "./moments";
import { portionAfter } from "./timelineLoading";

export type Connection = "live" | "reconnecting" | "polling" | "over" | "lost";

export interface Listener {
  moments(moments: Moment[]): void;
  clock(clock: Clocked): void;
  connection(connection: Connection): void;
  /** The number of the last entry that is known. */
  last(): number;
}

const POLL_MS = 2_000;
/** The server speaks at once; what holds a stream back for so long lets none through. */
const PATIENCE_MS = 8_000;
const POLLS_BEFORE_STREAM = 5;

export class WatchStream {
  private stream: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private done = false;

  constructor(
    private readonly addresses: { events: string; timeline: string },
    private readonly listener: Listener,
  ) {}

  start(): void {
    addEventListener("online", () => this.open());
    this.open();
  }

  private open(): void {
    if (this.done || this.stream?.readyState === EventSource.OPEN) return;
    clearTimeout(this.timer);
    this.stream?.close();
    const stream = new EventSource(`${this.addresses.events}?after=${this.listener.last()}`);
    this.stream = stream;
    this.timer = setTimeout(() => this.giveUp(stream), PATIENCE_MS);
    stream.addEventListener("entry", (event) => this.heard(() => this.listener.moments([JSON.parse(event.data as string) as Moment])));
    stream.addEventListener("clock", (event) => this.heard(() => this.listener.clock(JSON.parse(event.data as string) as Clocked)));
    stream.addEventListener("end", () => this.end("over"));
    stream.onerror = () => {
      if (this.done || stream !== this.stream) return;
      this.listener.connection("reconnecting");
      // Now it waits, and comes back by itself: the browser says after which entry. It does not where it was refused.
      if (stream.readyState === EventSource.CLOSED) this.giveUp(stream);
    };
  }

  private heard(take: () => void): void {
    clearTimeout(this.timer);
    this.listener.connection("live");
    take();
  }

  private giveUp(stream: EventSource): void {
    stream.close();
    if (this.done || stream !== this.stream) return;
    this.stream = null;
    void this.poll(0);
  }

  private async poll(polls: number): Promise<void> {
    if (this.done || this.stream) return;
    const loaded = await portionAfter(this.addresses.timeline, this.listener.last());
    if (this.done || this.stream) return;
    if (loaded.kind === "gone") return this.end("lost");
    if (loaded.kind === "portion") {
      this.listener.connection("polling");
      this.listener.clock(loaded.portion.clock);
      this.listener.moments(loaded.portion.entries);
    } else this.listener.connection("reconnecting");
    this.timer = setTimeout(() => (polls + 1 >= POLLS_BEFORE_STREAM ? this.open() : void this.poll(polls + 1)), POLL_MS);
  }

  private end(connection: "over" | "lost"): void {
    this.done = true;
    this.stream?.close();
    clearTimeout(this.timer);
    this.listener.connection(connection);
  }
}
