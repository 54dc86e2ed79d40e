// Keeps what is typed: at once in this browser, soon after on the server, and at the last moment when the page is left.
import { send } from "./api";
import { setAside, TAB } from "./aside";
import { parseLocal, type Draft } from "./opening";
import { recall, remember } from "./remembered";

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
  /** What the next saving replaces is to stay in the draft's history. */
  private keepPrevious = false;
  private keptHere: string | null = null;
  private saved: string;

  constructor(
    private readonly url: string,
    private readonly key: string,
    private revision: number,
    savedSource: string,
    private readonly page: Page,
    private savedAt: Date | null = null,
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
    const { status, data } = await send<Reply>("PUT", this.url, this.body(source));
    this.saving = false;
    if (status === 200 && data?.revision !== undefined) {
      this.keepPrevious = false;
      this.revision = data.revision;
      this.saved = source;
      if (this.page.read() === source) this.settle(data.saved_at ?? null);
      else this.saveIn(PAUSE_MS);
    } else this.failed(status, data);
  }

  /** After a conflict. Both texts go to the history, whichever is gone on with; `take` puts theirs into the editor. */
  async resolved(theirs: Draft, which: "mine" | "theirs" = "mine", take: () => void = () => undefined): Promise<void> {
    this.conflicting = false;
    this.revision = theirs.revision;
    this.saved = theirs.source;
    this.keepPrevious = true;
    this.keepHere();
    await this.save();
    if (which === "theirs") await this.replace(take);
  }

  /** Puts another text into the editor once what is there is safe: on the server, or set aside in this browser. */
  async replace(put: () => void): Promise<void> {
    if (this.page.read() !== this.saved) await this.whenIdle().then(() => this.save());
    if (this.page.read() !== this.saved) setAside(this.key, this.page.read(), TAB);
    this.keepPrevious = true;
    put();
    await this.save();
  }

  private async whenIdle(): Promise<void> {
    while (this.saving) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  private body(source: string): object {
    return { source, revision: this.revision, ...(this.keepPrevious && { keep_previous: true }) };
  }

  /** Says that the server has something else, before or after an attempt to save. */
  meet(theirs: Draft): void {
    if (theirs.source === this.page.read()) return void this.resolved(theirs);
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
    this.savedAt = at ? new Date(at) : this.savedAt;
    this.keepHere(true); // a page that was made before this saving would show older text
    this.page.show({ kind: "saved", at: this.savedAt });
  }

  private keepHere(saved = false): void {
    const source = this.page.read();
    const before = parseLocal(recall(this.key));
    // Another window of this browser keeps its text in the same place; what it could not save must not go with that.
    if (before && !before.saved && before.tab && before.tab !== TAB && before.source !== source) setAside(this.key, before.source, before.tab);
    remember(this.key, JSON.stringify({ source, revision: this.revision, saved, tab: TAB }));
    this.keptHere = source;
  }

  /** The page is going: no answer will be read, and the copy in this browser stays until one says that it is saved. */
  private flush(): void {
    const source = this.page.read();
    if (source === this.saved || this.conflicting || this.saving) return;
    if (source !== this.keptHere) this.keepHere(); // else a window that goes would take the place of one that stays
    if (new Blob([source]).size > KEEPALIVE_BYTES) return;
    this.saving = true;
    void send<Reply>("PUT", this.url, this.body(source), true).then(({ status, data }) => {
      this.saving = false; // only reached when the page was hidden and not left
      if (status === 200 && data?.revision !== undefined) {
        this.revision = data.revision;
        this.saved = source;
        if (this.page.read() === source) this.settle(data.saved_at ?? null);
      } else this.failed(status, data);
    });
  }
}
