// What a page has recorded and the server has not confirmed: in memory, and each entry at once in this browser, so that
// neither a crash nor a reload loses it. The next page of the same sitting sends what is left.
import { recall, remember } from "./remembered";

export interface Entry {
  sequence: number;
  /** Milliseconds, by this computer's clock. */
  t: number;
  kind: "opened" | "edit" | "left" | "returned";
  [data: string]: unknown;
}

interface Kept {
  entry: Entry;
  /** In bytes, as JSON. */
  size: number;
  /** In characters, of this browser's storage. */
  stored: number;
}

const PREFIX = "gradetape:timeline:";
/** Characters. Drafts are kept in the same storage, and come first. */
const MOST_STORED = 1_500_000;
/** With what stands around them, as much as a closing page may still send. */
const MOST_SENT = 48 * 1024;

const encoder = new TextEncoder();

export class Unsent {
  private kept: Kept[] = [];
  private stored = 0;

  constructor(
    readonly url: string,
    readonly task: string,
    readonly page: string,
  ) {}

  get empty(): boolean {
    return !this.kept.length;
  }

  add(entry: Entry): void {
    const text = JSON.stringify(entry);
    const key = this.keyOf(entry.sequence);
    const cost = key.length + text.length;
    const stored = this.stored + cost <= MOST_STORED && remember(key, text) ? cost : 0;
    this.take(entry, text, stored);
  }

  /** One that was found in this browser. */
  take(entry: Entry, text: string, stored: number): void {
    this.stored += stored;
    this.kept.push({ entry, size: encoder.encode(text).length, stored });
  }

  /** The first ones that follow one another, as many as one request takes, and at least one. */
  batch(): Entry[] {
    const first = this.kept[0]?.entry.sequence ?? 0;
    let size = 0;
    const end = this.kept.findIndex(({ entry, size: more }, index) => {
      size += more + 1;
      return index > 0 && (size > MOST_SENT || entry.sequence !== first + index);
    });
    return this.kept.slice(0, end < 0 ? undefined : end).map((one) => one.entry);
  }

  /** Lets go of what comes before a sequence number: the server has it. */
  drop(next: number): void {
    const gone = this.kept.filter((one) => one.entry.sequence < next);
    this.kept = this.kept.slice(gone.length);
    for (const one of gone) {
      this.stored -= one.stored;
      if (one.stored) remember(this.keyOf(one.entry.sequence), null);
    }
  }

  discard(): void {
    this.drop(Infinity);
  }

  private keyOf(sequence: number): string {
    return `${PREFIX}${this.url} ${this.task} ${this.page} ${sequence}`;
  }
}

function keysHere(): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

function parsed(text: string | null): Entry | null {
  try {
    const value = JSON.parse(text ?? "null") as Partial<Entry> | null;
    return typeof value?.sequence === "number" && typeof value.t === "number" ? (value as Entry) : null;
  } catch {
    return null;
  }
}

/** What other pages of a sitting left in this browser, page by page. What is of another sitting can't be sent any more and goes. */
export function leftOver(url: string): Unsent[] {
  const pages = new Map<string, { unsent: Unsent; found: { entry: Entry; text: string; stored: number }[] }>();
  for (const key of keysHere()) {
    const [where = "", task = "", page = ""] = key.slice(PREFIX.length).split(" ");
    const text = recall(key);
    const entry = parsed(text);
    if (where !== url || !entry || text === null) {
      remember(key, null);
      continue;
    }
    const known = pages.get(page) ?? { unsent: new Unsent(url, task, page), found: [] };
    known.found.push({ entry, text, stored: key.length + text.length });
    pages.set(page, known);
  }
  for (const { unsent, found } of pages.values()) {
    found.sort((a, b) => a.entry.sequence - b.entry.sequence);
    for (const { entry, text, stored } of found) unsent.take(entry, text, stored);
  }
  return [...pages.values()].map((one) => one.unsent);
}
