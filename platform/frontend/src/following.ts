// Follows one story: server-sent events first, polling where a stream doesn't get through.
import { compareIds } from "./events";

export type Link = "live" | "reconnecting" | "polling" | "over" | "lost";

export interface Addresses {
  events: string;
  state: string;
}

interface StateAnswer {
  state: string;
  position?: number | null;
  events: { id: string; type: string; data: unknown }[];
}

/** Something that was told; `id` grows along the story, and what is live only has none. */
export interface Heard {
  id: string | null;
}

const OVER: ReadonlySet<string> = new Set(["finished", "cancelled", "interrupted"]);
const POLL_MS = 1500;
const QUIET_POLL_MS = 2500;
const SLOWEST_POLL_MS = 8000;
const SILENCE_MS = 15000;
const STREAM_FAILURES = 3;
const POLLS_BEFORE_STREAM = 6;

export abstract class Following<E extends Heard> {
  private stream: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;
  private failures = 0;
  private heardAt = Date.now();
  private done = false;

  constructor(
    private readonly addresses: Addresses,
    private lastId: string | null,
    private readonly onEvent: (event: E) => void,
    private readonly onLink: (link: Link) => void,
    /** Only asks now and then: for what nobody looks at just now. */
    private readonly quiet = false,
  ) {}

  /** What a stream may tell. */
  protected abstract readonly types: readonly string[];

  /** One event from the wire, or null for one that this page is too old to know. */
  protected abstract read(id: string | null, type: string, data: unknown): E | null;

  start(): void {
    if (this.quiet) this.pollIn(QUIET_POLL_MS, 0);
    else this.openStream();
    this.watch = setInterval(() => this.breakSilence(), SILENCE_MS);
    addEventListener("online", this.backOnline);
  }

  stop(link: Link = "over"): void {
    if (this.done) return;
    this.leave();
    this.onLink(link);
  }

  /** Ends without a word: somebody else goes on from here. */
  leave(): void {
    this.done = true;
    this.stream?.close();
    clearTimeout(this.timer);
    clearInterval(this.watch);
    removeEventListener("online", this.backOnline);
  }

  private after(address: string): string {
    return this.lastId ? `${address}?after=${encodeURIComponent(this.lastId)}` : address;
  }

  private openStream(): void {
    clearTimeout(this.timer);
    this.stream?.close();
    const stream = new EventSource(this.after(this.addresses.events));
    this.stream = stream;
    stream.onopen = () => {
      this.failures = 0;
      this.onLink("live");
    };
    for (const type of this.types) {
      stream.addEventListener(type, (event) => this.take(event.lastEventId, type, JSON.parse(event.data as string)));
    }
    stream.addEventListener("end", () => this.stop());
    stream.onerror = () => this.streamFailed(stream);
  }

  private streamFailed(stream: EventSource): void {
    if (this.done || stream !== this.stream) return;
    this.failures += 1;
    this.onLink("reconnecting");
    if (stream.readyState !== EventSource.CLOSED && this.failures < STREAM_FAILURES) return; // the browser tries again itself
    stream.close();
    this.stream = null;
    this.pollIn(0, 0);
  }

  private pollIn(ms: number, polls: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.poll(polls), ms);
  }

  private async poll(polls: number): Promise<void> {
    if (this.done) return;
    const answer = await this.catchUp();
    if (this.done) return;
    if (answer === "gone") this.stop("lost");
    else if (answer === "unreachable") this.pollIn(Math.min(SLOWEST_POLL_MS, POLL_MS * (polls + 1)), polls + 1);
    else if (this.quiet) this.pollIn(QUIET_POLL_MS, 0);
    else if (polls + 1 >= POLLS_BEFORE_STREAM) this.openStream();
    else this.pollIn(POLL_MS, polls + 1);
  }

  /** Asks once for what is new. Events that the stream also brings are told apart by their ids. */
  private async catchUp(): Promise<"taken" | "gone" | "unreachable"> {
    try {
      const response = await fetch(this.after(this.addresses.state), { headers: { Accept: "application/json" }, redirect: "manual" });
      if (response.status === 404 || response.status === 403 || response.type === "opaqueredirect") return "gone";
      if (!response.ok) return "unreachable";
      const answer = (await response.json()) as StateAnswer;
      if (!this.stream) this.onLink(this.quiet ? "live" : "polling");
      for (const event of answer.events) this.take(event.id, event.type, event.data);
      if (answer.state === "queued" && answer.position != null) this.take("", "position", { ahead: answer.position });
      if (OVER.has(answer.state)) this.stop();
      return "taken";
    } catch {
      this.onLink("reconnecting");
      return "unreachable";
    }
  }

  private take(id: string, type: string, data: unknown): void {
    this.heardAt = Date.now();
    const event = this.read(id, type, data);
    if (!event) return;
    if (event.id !== null && (this.lastId === null || compareIds(event.id, this.lastId) > 0)) this.lastId = event.id;
    this.onEvent(event);
  }

  /** A proxy may hold a stream without closing it; then nothing fails and nothing comes. */
  private breakSilence(): void {
    if (this.stream?.readyState === EventSource.OPEN && Date.now() - this.heardAt >= SILENCE_MS) void this.catchUp();
  }

  private readonly backOnline = (): void => {
    if (this.done || this.stream?.readyState === EventSource.OPEN) return;
    if (this.quiet) this.pollIn(0, 0);
    else this.openStream();
  };
}
