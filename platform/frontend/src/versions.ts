// What the draft was before: a list by time, each beside what is there now, and a way back that loses neither.
import { MergeView } from "@codemirror/merge";
import type { EditorView } from "@codemirror/view";
import { asideAt } from "./aside";
import { side } from "./conflict";
import { find, make, need } from "./dom";
import type { DraftKeeper } from "./draft";
import { replaceAll } from "./editor";
import { notify } from "./notices";
import { shortTime } from "./times";

interface Listed {
  revision: number;
  saved_at: string;
  size: number;
  kept: boolean;
}

interface Choice {
  when: Date;
  size: number;
  note: string;
  text: () => Promise<string | null>;
}

function sizeOf(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KiB`;
}

async function asked<T>(address: string): Promise<T | null> {
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual" });
    return response.ok ? ((await response.json()) as T) : null;
  } catch {
    return null;
  }
}

export class Versions {
  private readonly dialog = need<HTMLDialogElement>("#versions");
  private readonly list = need("[data-versions]", this.dialog);
  private readonly merge = need("[data-version-merge]", this.dialog);
  private readonly compared = need("[data-version-compared]", this.dialog);
  private readonly told = need("[data-version-told]", this.dialog);
  private readonly button = need<HTMLButtonElement>("[data-version-restore]", this.dialog);
  private shown: MergeView | null = null;
  private chosen: string | null = null;

  constructor(
    opener: HTMLElement,
    private readonly url: string,
    private readonly key: string,
    private readonly view: EditorView,
    private readonly keeper: DraftKeeper,
  ) {
    opener.addEventListener("click", () => void this.open());
    this.button.addEventListener("click", () => void this.restore());
    this.dialog.addEventListener("close", () => this.clear());
    this.list.addEventListener("keydown", (event) => this.move(event));
  }

  private async open(): Promise<void> {
    this.list.replaceChildren();
    this.tell("One moment.");
    if (!this.dialog.open) this.dialog.showModal();
    await this.keeper.save();
    const answer = await asked<{ versions: Listed[] }>(this.url);
    const choices = this.choices(answer?.versions ?? []);
    this.list.replaceChildren(...choices.map((choice) => this.row(choice)));
    if (!choices.length) this.tell(answer ? "Nothing to go back to yet. A version is kept for each minute in which you write." : "The versions can't be had from the server right now.");
    else find<HTMLButtonElement>("button", this.list)?.click();
  }

  /** What only this browser has, then what the server keeps. */
  private choices(versions: Listed[]): Choice[] {
    const here = asideAt(this.key).map(
      ({ source, at }): Choice => ({ when: new Date(at), size: new Blob([source]).size, note: "only in this browser", text: () => Promise.resolve(source) }),
    );
    const there = versions.map(
      ({ revision, saved_at, size, kept }): Choice => ({
        when: new Date(saved_at),
        size,
        note: kept ? "before a change at one stroke" : "",
        text: async () => (await asked<{ source: string }>(`${this.url}${revision}/`))?.source ?? null,
      }),
    );
    return [...here, ...there];
  }

  private row(choice: Choice): HTMLElement {
    const when = make("time", "", shortTime(choice.when));
    when.dateTime = choice.when.toISOString();
    const button = make("button", "version", when, make("span", "version-size", sizeOf(choice.size)));
    if (choice.note) button.append(make("span", "version-note", choice.note));
    button.type = "button";
    button.addEventListener("click", () => void this.show(choice, button));
    return make("li", "", button);
  }

  private async show(choice: Choice, button: HTMLElement): Promise<void> {
    for (const other of this.list.querySelectorAll("button")) other.removeAttribute("aria-current");
    button.setAttribute("aria-current", "true");
    this.chosen = null;
    const text = await choice.text();
    if (button.getAttribute("aria-current") !== "true" || !this.dialog.open) return; // another was chosen meanwhile
    if (text === null) return this.tell("This version can't be had right now.");
    const now = this.view.state.doc.toString();
    if (text === now) return this.tell("This is what you have in the editor.");
    this.clear();
    this.told.hidden = true;
    this.compared.hidden = false;
    const then = side(text, `Your code at ${shortTime(choice.when)}`);
    this.shown = new MergeView({ a: then, b: side(now, "Your code now"), parent: this.merge, gutter: false, collapseUnchanged: { margin: 3, minSize: 6 } });
    this.chosen = text;
    this.button.disabled = false;
  }

  private async restore(): Promise<void> {
    const text = this.chosen;
    if (text === null) return;
    this.button.disabled = true;
    await this.keeper.replace(() => replaceAll(this.view, text));
    this.dialog.close();
    this.view.focus();
    notify("That version is back. What you had is among the versions.", "passed");
  }

  private tell(text: string): void {
    this.clear();
    this.compared.hidden = true;
    this.told.hidden = false;
    this.told.textContent = text;
  }

  private clear(): void {
    this.shown?.destroy();
    this.shown = null;
    this.chosen = null;
    this.merge.replaceChildren();
    this.button.disabled = true;
  }

  private move(event: KeyboardEvent): void {
    const rows = [...this.list.querySelectorAll("button")];
    const at = rows.indexOf(document.activeElement as HTMLButtonElement);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = rows[at + step];
    if (!step || at < 0 || !next) return;
    event.preventDefault();
    next.focus();
    next.click();
  }
}
