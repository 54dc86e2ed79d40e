// Keeps what is typed: at once in this browser, soon after on the server, and at the last moment when the page is left.
import { send } from "./api";
import type { Draft } from "./opening";
import { remember } from "./remembered";

export type SaveState =
  | { kind: "saved"; at: Date | null }
  | { kind: "unsaved" | "saving" | "offline" | "signed-out" | "conflict" }
  | { kind: "refused"; message: string };

export interface Page {
  read(): string;
  show(state: SaveState): void;
  conflict(theirs: Draft): void;
}

type Reply = Partial<Draft> & { message?: string };

const PAUSE_MS = 800;
const LONGEST_WAIT_MS = 5000;
const RETRY_MS = 4000;
/** Browsers let about 64 KiB out of a page that is closing. */
const KEEPALIVE_BYTES = 60_000;

export class DraftKeeper {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private dirtySince = 0;
  private saving = false;
  private conflicting = false;
  private saved: string;

  constructor(
    private readonly url: string,
    private readonly key: string,
    private revision: number,
    savedSource: string,
    private readonly page: Page,
  ) {
    this.saved = savedSource;
    addEventListener("pagehide", () => this.flush());
    addEventListener("online", () => void this.save());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.flush();
    });
  }

  /** Called at each change of the text. */
  changed(): void {
    const now = Date.now();
    this.keepHere();
    if (!this.dirtySince) this.dirtySince = now;
    if (this.conflicting) return;
    this.page.show({ kind: "unsaved" });
    const wait = Math.max(0, Math.min(PAUSE_MS, this.dirtySince + LONGEST_WAIT_MS - now));
    this.saveIn(wait);
  }

  async save(): Promise<void> {
    clearTimeout(this.timer);
    const source = this.page.read();
    if (this.saving || this.conflicting) return;
    if (source === this.saved) return this.settle(null);
    this.saving = true;
    this.page.show({ kind: "saving" });
    const { status, data } = await send<Reply>("PUT", this.url, { source, revision: this.revision });
    this.saving = false;
    if (status === 200 && data?.revision !== undefined) {
      this.revision = data.revision;
      this.saved = source;
      if (this.page.read() === source) this.settle(data.saved_at ?? null);
      else this.saveIn(PAUSE_MS);
    } else this.failed(status, data);
  }

  /** After a conflict: what the editor holds now is what counts, on top of the server's revision. */
  resolved(theirs: Draft): void {
    this.conflicting = false;
    this.revision = theirs.revision;
    this.saved = theirs.source;
    this.keepHere();
    void this.save();
  }

  /** Says that the server has something else, before or after an attempt to save. */
  meet(theirs: Draft): void {
    if (theirs.source === this.page.read()) return this.resolved(theirs);
    this.conflicting = true;
    this.page.show({ kind: "conflict" });
    this.page.conflict(theirs);
  }

  private failed(status: number, data: Reply | null): void {
    if (status === 409 && data?.source !== undefined && data.revision !== undefined) {
      this.meet({ source: data.source, revision: data.revision, saved_at: data.saved_at ?? null });
    } else if (status === 401 || status === 403) this.page.show({ kind: "signed-out" });
    else if (status >= 400 && status < 500 && status !== 429) {
      this.page.show({ kind: "refused", message: data?.message ?? "The server does not take this text." });
    } else {
      this.page.show({ kind: "offline" });
      this.saveIn(RETRY_MS);
    }
  }

  private saveIn(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), ms);
  }

  private settle(at: string | null): void {
    this.dirtySince = 0;
    this.keepHere(true); // a page that was made before this saving would show older text
    this.page.show({ kind: "saved", at: at ? new Date(at) : null });
  }

  private keepHere(saved = false): void {
    remember(this.key, JSON.stringify({ source: this.page.read(), revision: this.revision, saved }));
  }

  /** The page is going: no answer will be read, and the copy in this browser stays until one says that it is saved. */
  private flush(): void {
    const source = this.page.read();
    if (source === this.saved || this.conflicting || this.saving) return;
    this.keepHere();
    if (new Blob([source]).size > KEEPALIVE_BYTES) return;
    this.saving = true;
    void send<Reply>("PUT", this.url, { source, revision: this.revision }, true).then(({ status, data }) => {
      this.saving = false; // only reached when the page was hidden and not left
      if (status === 200 && data?.revision !== undefined) {
        this.revision = data.revision;
        this.saved = source;
        if (this.page.read() === source) this.settle(data.saved_at ?? null);
      } else this.failed(status, data);
    });
  }
}
