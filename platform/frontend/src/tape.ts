// The texts of a sitting at any moment: edits are folded from the nearest snapshot on. CodeMirror's texts share what is
// the same in them, so that a snapshot of each text costs next to nothing. Pure.
import { ChangeSet, Text } from "@codemirror/state";
import { after, type Moment } from "./moments";

const SNAPSHOT_EVERY = 200;

export interface Shown {
  text: Text;
  /** Where the last change ended; null where there is none to point at. */
  place: number | null;
  /** An edit did not fit its text: something before it is missing, and the text is the last that is known. */
  isBroken: boolean;
}

/** What there is after some steps. */
interface Texts {
  pages: Map<string, Text>;
  /** The page that changed last, and its last step, by task. */
  tasks: Map<string, { page: string; step: number }>;
  broken: Set<string>;
}

const NOTHING: Shown = { text: Text.empty, place: null, isBroken: false };
const copy = ({ pages, tasks, broken }: Texts): Texts => ({ pages: new Map(pages), tasks: new Map(tasks), broken: new Set(broken) });

export class Tape {
  private readonly snapshots: Texts[] = [{ pages: new Map(), tasks: new Map(), broken: new Set() }];
  private now: Texts;
  /** How many steps are in `now`. */
  private count = 0;

  /** `steps` may grow at its end. */
  constructor(private readonly steps: readonly Moment[]) {
    this.now = copy(this.snapshots[0] as Texts);
  }

  /** The text of a task at a moment. */
  at(task: string, moment: number): Shown {
    this.go(after(this.steps, moment));
    const last = this.now.tasks.get(task);
    if (!last) return NOTHING;
    const text = this.now.pages.get(last.page) ?? Text.empty;
    const isBroken = this.now.broken.has(last.page);
    return { text, place: isBroken ? null : placeOf(this.steps[last.step], text), isBroken };
  }

  /** Goes to where so many steps are taken: from here on, or from a snapshot, whichever is nearer. */
  private go(count: number): void {
    const nearest = Math.min(Math.floor(count / SNAPSHOT_EVERY), this.snapshots.length - 1);
    if (count < this.count || nearest * SNAPSHOT_EVERY > this.count) {
      this.now = copy(this.snapshots[nearest] as Texts);
      this.count = nearest * SNAPSHOT_EVERY;
    }
    while (this.count < count) {
      this.apply(this.count);
      this.count += 1;
      const due = this.count / SNAPSHOT_EVERY;
      if (due === this.snapshots.length) this.snapshots.push(copy(this.now));
    }
  }

  private apply(index: number): void {
    const step = this.steps[index];
    if (!step) return;
    const { pages, tasks, broken } = this.now;
    if (step.kind === "opened") {
      pages.set(step.page, Text.of((step.text ?? "").split("\n")));
      broken.delete(step.page);
    } else if (!broken.has(step.page)) {
      const text = pages.get(step.page);
      const changed = text && applied(text, step.changes);
      if (changed) pages.set(step.page, changed);
      else broken.add(step.page);
    }
    if (step.task) tasks.set(step.task, { page: step.page, step: index });
  }
}

function applied(text: Text, changes: unknown): Text | null {
  try {
    return ChangeSet.fromJSON(changes).apply(text);
  } catch {
    return null; // not a change set, or not one of this text
  }
}

function placeOf(step: Moment | undefined, text: Text): number | null {
  if (!step || step.kind === "opened") return null;
  let place: number | null = null;
  ChangeSet.fromJSON(step.changes).iterChangedRanges((_fromA, _toA, _fromB, toB) => (place = toB));
  return place === null ? null : Math.min(place, text.length);
}
