// Run and Submit, by button or by key. What was sent before goes on beside it.
import { send } from "./api";
import { startCancel } from "./cancelling";
import { need } from "./dom";
import { notify } from "./notices";
import type { Graded, ResultPanel } from "./panel";
import type { Mark } from "./recorder";

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
  private readonly submitButton: HTMLButtonElement;
  private readonly cancelButton: HTMLButtonElement;

  constructor(
    root: HTMLElement,
    private readonly submitUrl: string,
    private readonly panel: ResultPanel,
    private readonly read: () => string,
    private readonly onSent: () => void,
    private readonly mark: () => Promise<Mark>,
  ) {
    const button = (name: string): HTMLButtonElement => need<HTMLButtonElement>(`[data-send=${name}]`, root);
    button("run").addEventListener("click", () => void this.send("run"));
    this.submitButton = button("submit");
    this.submitButton.addEventListener("click", () => void this.send("submit"));
    this.cancelButton = startCancel(root, () => this.panel.url);
  }

  async send(kind: "run" | "submit"): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    this.onSent();
    this.panel.expect(kind);
    const body = { source: this.read(), kind };
    const { status, data } = await send<Created>("POST", this.submitUrl, { ...body, ...(await this.mark()) });
    this.sending = false;
    if (status === 201 && data?.url && data.events_url) {
      this.follow({ url: data.url, events_url: data.events_url, kind, state: "queued" });
      document.body.dispatchEvent(new CustomEvent("submission-sent")); // the list of attempts has one more
      return;
    }
    this.panel.reset();
    notify(data?.message ?? refusedWords(status) ?? "The server could not take this. Your code is kept; try again.", "failed");
  }

  follow(graded: Graded): void {
    this.panel.begin(graded);
  }

  /** Cancel goes away when nothing is left to stop; a focus on it moves on. */
  update(): void {
    if (!this.panel.live && document.activeElement === this.cancelButton) this.submitButton.focus();
  }
}
