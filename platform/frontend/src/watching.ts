// One submission that is followed, on show or not: its story so far, and what was chosen in it.
import { storyEvent, type StoryEvent } from "./events";
import { IDLE, isLive, isOver, reduce, type Panel } from "./story";
import { Follower, type Link } from "./stream";

export interface Graded {
  url: string;
  events_url: string;
  kind: "run" | "submit";
  state?: string;
  sent_at?: string;
}

export interface Told {
  id: string | null;
  type: string;
  data: unknown;
}

/** The events of a story that came with the page; what this page is too old to know is left out. */
export function storyOf(told: Told[]): StoryEvent[] {
  return told.map((event) => storyEvent(event.id, event.type, event.data)).filter((event): event is StoryEvent => event !== null);
}

export class Watch {
  panel: Panel;
  link: Link = "live";
  selected: string | null = null;
  chosen = false;
  /** Whether somebody has had its end before their eyes. */
  seen = false;
  readonly sentAt: Date;
  private follower: Follower | null = null;

  /** Without an address it stands for a submission that the server has not answered yet or, in the state "none", for none. */
  constructor(
    readonly graded: Graded,
    private readonly onChange: (watch: Watch) => void,
    story: StoryEvent[] = [],
  ) {
    this.sentAt = graded.sent_at ? new Date(graded.sent_at) : new Date();
    const known = story.reduce(reduce, IDLE);
    const waits = graded.state === "queued" || graded.state === "running" || (!graded.url && graded.state !== "none");
    this.panel = known.phase === "idle" && waits ? { ...IDLE, phase: "queued" } : known;
  }

  get live(): boolean {
    return isLive(this.panel);
  }

  get samplesOnly(): boolean {
    return this.graded.kind === "run";
  }

  /** In front a stream brings each event at once; behind, asking now and then is enough and keeps a connection free. */
  follow(inFront: boolean): void {
    this.stop();
    if (!this.graded.url || isOver(this.panel)) return;
    const addresses = { events: this.graded.events_url, state: `${this.graded.url}state/` };
    const tell = (link: Link): void => {
      this.link = link;
      this.onChange(this);
    };
    this.follower = new Follower(addresses, this.panel.lastId, (event) => this.take(event), tell, !inFront);
    this.follower.start();
  }

  stop(): void {
    const { follower } = this;
    this.follower = null;
    follower?.leave();
  }

  private take(event: StoryEvent): void {
    const next = reduce(this.panel, event);
    if (next === this.panel) return;
    if (next.restarts !== this.panel.restarts) this.selected = null;
    this.panel = next;
    this.onChange(this);
  }
}
