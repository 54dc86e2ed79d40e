// Records what happens in the editor of an interview's room: every change, pastes with their size, leaving and returning.
// It only listens. Nothing waits for it but a submission, and that for a second at most.
import { StateEffect, type Transaction } from "@codemirror/state";
import { EditorView, type ViewUpdate } from "@codemirror/view";
import { send } from "./api";
import { Presence } from "./away";
import { broughtIn, cut, inPieces, putting, type Changes } from "./pieces";
import { leftOver, Unsent, type Entry } from "./unsent";

/** After which entry of which page something was sent. */
export interface Mark {
  recorded?: { page: string; sequence: number };
}

/** Words where recording is in trouble; null where it is not. */
export type Tell = (words: string | null) => void;

const FLUSH_MS = 2000;
const LONGEST_RETRY_MS = 30_000;
const PATIENCE_MS = 60_000;
const BEFORE_SENDING_MS = 1000;
const WAITS = "what you type is not recorded right now";
const ENDED = "what you type is not recorded any more";

/** A random UUID; the browser's own is there on secure pages alone. */
function newName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const isPaste = (transaction: Transaction): boolean => transaction.isUserEvent("input.paste") || transaction.isUserEvent("input.drop");

export class Recorder {
  private mine: Unsent;
  private others: Unsent[];
  private sequence = 0;
  private stopped = false;
  private running: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private failingSince = 0;
  private parting = 0;

  constructor(
    private readonly view: EditorView,
    private readonly url: string,
    private readonly task: string,
    private readonly tell: Tell,
  ) {
    this.others = leftOver(url);
    this.mine = new Unsent(url, task, newName());
    this.open();
    view.dispatch({ effects: StateEffect.appendConfig.of(EditorView.updateListener.of((update) => this.changed(update))) });
    new Presence(url.replace(/timeline\/$/, ""), (at) => this.add("left", {}, at), () => this.add("returned"));
    addEventListener("pagehide", () => this.sendAtOnce());
    addEventListener("online", () => void this.flush());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.sendAtOnce();
    });
  }

  /** What a submission of the text that is there now says of it, once what came before is sent, or could not be in time. */
  async mark(): Promise<Mark> {
    if (this.stopped) return {};
    const recorded = { page: this.mine.page, sequence: this.sequence };
    await Promise.race([this.flush(), new Promise((resolve) => setTimeout(resolve, BEFORE_SENDING_MS))]);
    return { recorded };
  }

  /** Sends all that is unsent by now. */
  async flush(): Promise<void> {
    if (this.running) await this.running;
    this.running ??= this.sendUntil(this.mine.page, this.sequence).finally(() => (this.running = null));
    await this.running;
  }

  private open(): void {
    const [first = "", ...rest] = cut(this.view.state.doc.toString());
    this.add("opened", { text: first });
    let length = first.length;
    for (const piece of rest) {
      this.add("edit", { changes: putting(piece, length, length) });
      length += piece.length;
    }
  }

  private changed(update: ViewUpdate): void {
    if (!update.docChanged || this.stopped) return;
    for (const transaction of update.transactions) {
      if (!transaction.docChanged) continue;
      const changes = transaction.changes.toJSON() as Changes;
      const size = isPaste(transaction) ? broughtIn(changes) : 0;
      inPieces(changes).forEach((piece, index) => this.add("edit", { changes: piece, ...(size && !index && { pasted: size }) }));
    }
  }

  private add(kind: Entry["kind"], data: object = {}, t = Date.now()): void {
    if (this.stopped) return;
    this.sequence += 1;
    this.mine.add({ sequence: this.sequence, t, kind, ...data });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  private async sendUntil(page: string, sequence: number): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (;;) {
      const unsent = this.others.find((one) => !one.empty) ?? this.mine;
      const [first] = unsent.batch();
      if (!first || this.stopped) break;
      if (unsent === this.mine && this.mine.page === page && first.sequence > sequence) break;
      if (!(await this.sendBatch(unsent))) return this.failed();
      this.worked();
    }
    if (!this.mine.empty) this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Whether there is an answer, of whatever kind. */
  private async sendBatch(unsent: Unsent, keepalive = false): Promise<boolean> {
    const { page, task } = unsent;
    const body = { page, task, sent: Date.now(), entries: unsent.batch() };
    const { status, data } = await send<{ next?: number }>("POST", this.url, body, keepalive);
    if (status === 200 && data?.next) unsent.drop(data.next);
    else if (status === 409) this.lost(unsent);
    else if (status === 410 || (status === 413 && unsent === this.mine)) this.stop(status === 413);
    else if (status === 400 || status === 404 || status === 413) this.refused(unsent);
    else return false;
    return true;
  }

  /** The server misses what is not here any more. This page begins anew, with the text as it is. */
  private lost(unsent: Unsent): void {
    unsent.discard();
    if (unsent !== this.mine) return;
    this.mine = new Unsent(this.url, this.task, newName());
    this.sequence = 0;
    this.open();
  }

  /** Nothing more will be taken of a page: trying again would keep what comes after it from being sent. */
  private refused(unsent: Unsent): void {
    if (unsent === this.mine) this.stop(true);
    else unsent.discard();
  }

  private stop(tells: boolean): void {
    this.stopped = true;
    for (const unsent of [...this.others, this.mine]) unsent.discard();
    if (tells) this.tell(ENDED);
  }

  private worked(): void {
    this.failures = this.failingSince = 0;
    if (!this.stopped) this.tell(null);
  }

  private failed(): void {
    this.failures += 1;
    this.failingSince ||= Date.now();
    if (Date.now() - this.failingSince > PATIENCE_MS) this.tell(WAITS);
    this.timer ??= setTimeout(() => void this.flush(), Math.min(FLUSH_MS * 2 ** this.failures, LONGEST_RETRY_MS));
  }

  /** The page may be going: no answer is waited for. What is sent twice is taken once. */
  private sendAtOnce(): void {
    if (this.stopped || this.mine.empty || this.parting === this.sequence) return;
    this.parting = this.sequence;
    void this.sendBatch(this.mine, true);
  }
}
