// Watching a sitting while it goes on: what the candidate types, as it comes, and what happens beside.
import { remaining } from "./clock";
import { need, setText } from "./dom";
import type { Clocked, Facts, Moment, Portion } from "./moments";
import { outcomesOf } from "./replayMarks";
import { Stage } from "./stage";
import { loadAll } from "./timelineLoading";
import { WatchStream, type Connection } from "./watchStream";

const CONNECTIONS: Record<Connection, string> = {
  live: "",
  over: "",
  reconnecting: "The connection was cut. It goes on by itself.",
  polling: "Live updates don't get through; asking every moment instead.",
  lost: "This sitting can't be watched any more. Reload the page.",
};
const TICK_MS = 250;
const AWAY_MS = 2_500;
const TO_REPLAY_MS = 5_000;

export class WatchPage {
  private readonly stage: Stage;
  private clocked: Clocked | null = null;
  /** The server's time minus that of performance.now(). */
  private offset = 0;
  private frame = 0;
  private connected: Connection = "live";
  private isOver = false;

  constructor(
    private readonly root: HTMLElement,
    private readonly facts: Facts,
  ) {
    this.stage = new Stage(root, facts, { go: null, chosen: () => this.schedule() });
    if (facts.clock) this.clock(facts.clock);
  }

  async start(): Promise<void> {
    setInterval(() => this.tick(), TICK_MS);
    await loadAll(this.facts.timeline, (portion) => this.take(portion));
    new WatchStream(this.facts, {
      moments: (moments) => this.moments(moments),
      clock: (clock) => this.clock(clock),
      connection: (connection) => this.connection(connection),
      last: () => this.stage.timeline.last,
    }).start();
    this.root.dataset["state"] = "ready";
    this.schedule();
  }

  private take(portion: Portion): void {
    this.moments(portion.entries);
    this.clock(portion.clock);
  }

  private moments(moments: Moment[]): void {
    if (!this.stage.timeline.add(moments)) return;
    this.schedule();
    // Who does not come back at once is away, and nothing comes to say so.
    if (moments.some((one) => one.kind === "left")) setTimeout(() => this.schedule(), AWAY_MS);
  }

  /** Many edits may come at once: the page is written once for a frame. A hidden page gets no frames, so it gets a timer. */
  private schedule(): void {
    if (this.frame) return;
    const run = (): void => {
      this.frame = 0;
      this.render();
    };
    this.frame = document.hidden ? Number(setTimeout(run, 200)) : requestAnimationFrame(run);
  }

  private render(): void {
    const { timeline } = this.stage;
    const now = Math.max(timeline.end, this.now());
    this.stage.renew(now);
    this.stage.show(now, true);
    need<HTMLElement>("[data-not-typed]", this.root).hidden = timeline.steps.length > 0;
    this.endIfOver();
  }

  /** Seconds since the start, by the server's clock. */
  private now(): number {
    return (performance.now() + this.offset - Date.parse(this.facts.started)) / 1000;
  }

  private clock(clocked: Clocked): void {
    this.clocked = clocked;
    this.offset = Date.parse(clocked.now) - performance.now();
    const back = need<HTMLElement>("[data-clock-back]", this.root);
    back.hidden = clocked.credit < 1;
    setText(back, `${remaining(clocked.credit)} given back`);
    this.tick();
    this.endIfOver();
  }

  private tick(): void {
    const { clocked } = this;
    if (!clocked?.deadline) return;
    const left = (Date.parse(clocked.deadline) - (performance.now() + this.offset)) / 1000;
    const isRunning = clocked.state === "running";
    setText(need("[data-left]", this.root), isRunning ? remaining(left) : "0:00");
    const word = !isRunning ? "Over; what was sent is still being graded" : left <= 0 ? "The time is up; what was typed last is being handed in" : "";
    setText(need("[data-clock-word]", this.root), word);
  }

  private connection(connection: Connection): void {
    if (connection === this.connected) return;
    this.connected = connection;
    this.root.dataset["connection"] = connection;
    setText(need("[data-connection-word]", this.root), CONNECTIONS[connection]);
    if (connection === "over") this.end();
  }

  /** Where a stream doesn't get through, nobody tells the end. */
  private endIfOver(): void {
    if (this.connected !== "polling" || this.clocked?.state !== "finished") return;
    const outcomes = outcomesOf(this.stage.timeline);
    const sent = this.stage.timeline.events.filter((one) => one.kind === "sent");
    if (sent.every((one) => outcomes.has(one.submission ?? ""))) this.end();
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.root.dataset["state"] = "over";
    setText(need("[data-clock-word]", this.root), "Over");
    need<HTMLElement>("[data-over]", this.root).hidden = false;
    const timer = setTimeout(() => location.assign(this.facts.replay), TO_REPLAY_MS);
    need("[data-stay]", this.root).addEventListener("click", () => {
      clearTimeout(timer);
      need<HTMLElement>("[data-stay]", this.root).hidden = true;
    });
  }
}
