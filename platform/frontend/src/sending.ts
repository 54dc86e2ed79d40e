// Run, Submit and Cancel: one at a time, by button or by key.
import { send } from "./api";
import { need } from "./dom";
import { notify } from "./notices";
import type { Graded, ResultPanel } from "./panel";
import { stateWord } from "./words";

interface Created {
  id?: string;
  url?: string;
  events_url?: string;
  message?: string;
}

const REFUSED: Record<number, string> = {
  0: "The server can't be reached. Your code is kept; try again in a moment.",
  401: "You are signed out. Your code is kept in this browser: sign in again in another tab, then submit.",
  403: "This page is too old to send from. Reload it; your code is kept.",
  429: "That was quick. Wait a moment, then send again.",
};

export const refusedWords = (status: number): string | undefined => REFUSED[status];

export class Sender {
  private sending = false;
  private url: string | null = null;
  private readonly buttons: Record<"run" | "submit" | "cancel", HTMLButtonElement>;

  constructor(
    root: HTMLElement,
    private readonly submitUrl: string,
    private readonly panel: ResultPanel,
    private readonly read: () => string,
    private readonly onSent: () => void,
  ) {
    const button = (name: string): HTMLButtonElement => need<HTMLButtonElement>(`[data-send=${name}]`, root);
    this.buttons = { run: button("run"), submit: button("submit"), cancel: button("cancel") };
    this.buttons.run.addEventListener("click", () => void this.send("run"));
    this.buttons.submit.addEventListener("click", () => void this.send("submit"));
    this.buttons.cancel.addEventListener("click", () => void this.cancel());
  }

  async send(kind: "run" | "submit"): Promise<void> {
    if (this.sending) return;
    if (this.panel.live) return notify("Still grading. Cancel it first, or wait.");
    this.sending = true;
    this.onSent();
    this.panel.expect(kind);
    const { status, data } = await send<Created>("POST", this.submitUrl, { source: this.read(), kind });
    this.sending = false;
    if (status === 201 && data?.url && data.events_url) {
      this.follow({ url: data.url, events_url: data.events_url, kind });
      return;
    }
    this.panel.reset();
    notify(data?.message ?? REFUSED[status] ?? "The server could not take this. Your code is kept; try again.", "failed");
  }

  follow(graded: Graded): void {
    this.url = graded.url;
    this.panel.begin(graded);
  }

  /** The style sheet shows Cancel in place of Run and Submit; a focus on what went away moves to what came. */
  update(): void {
    const { run, submit, cancel } = this.buttons;
    const { live } = this.panel;
    if (live && (document.activeElement === run || document.activeElement === submit)) cancel.focus();
    else if (!live && document.activeElement === cancel) submit.focus();
  }

  private async cancel(): Promise<void> {
    if (!this.url) return;
    this.buttons.cancel.disabled = true;
    const { status, data } = await send<Created>("POST", `${this.url}cancel/`, {});
    this.buttons.cancel.disabled = false;
    if (status !== 200) notify(data?.message ?? REFUSED[status] ?? `It could not be ${stateWord("cancelled").word.toLowerCase()}.`, "failed");
  }
}
