// A snippet of one's own beside the file: run in a jail, with its output as it comes. Nothing here is graded.
import type { EditorView } from "@codemirror/view";
import { send } from "./api";
import { need, setText } from "./dom";
import type { StoryEvent } from "./events";
import { showFaults, type LineFault } from "./faults";
import { icon } from "./icons";
import { notify } from "./notices";
import { OutputView } from "./output";
import type { Mark } from "./recorder";
import { IDLE, isLive, isOver, reduce, type Panel } from "./story";
import { Follower } from "./stream";
import { refusedWords } from "./sending";
import { scratchWords } from "./scratchWords";

interface Created {
  url?: string;
  events_url?: string;
  message?: string;
}

export interface Tried {
  url: string;
  events_url: string;
}

/** Where the snippet itself broke, as its traceback says. */
export function snippetFault(panel: Panel): LineFault | null {
  const told = panel.output.filter((piece) => piece.stream === "stderr").map((piece) => piece.text).join("");
  const last = [...told.matchAll(/File "snippet\.py", line (\d+)/g)].at(-1);
  const message = panel.finished?.message;
  return last && message ? { line: Number(last[1]), message } : null;
}

export class Scratch {
  private panel: Panel = IDLE;
  private follower: Follower | null = null;
  private url: string | null = null;
  private sending = false;
  private stopping = false;
  private frame = 0;
  private readonly output: OutputView;
  private readonly run: HTMLButtonElement;
  private readonly cancel: HTMLButtonElement;

  constructor(
    private readonly root: HTMLElement,
    private readonly submitUrl: string,
    private readonly snippet: EditorView,
    private readonly file: EditorView,
    private readonly onSent: () => void,
    private readonly mark: () => Promise<Mark>,
  ) {
    this.output = new OutputView(need("[data-scratch-output]", root), (id) => id);
    this.run = need<HTMLButtonElement>("[data-scratch-run]", root);
    this.cancel = need<HTMLButtonElement>("[data-scratch-cancel]", root);
    this.run.addEventListener("click", () => void this.send());
    this.cancel.addEventListener("click", () => void this.stop());
    this.render();
  }

  async send(): Promise<void> {
    if (this.sending) return;
    if (isLive(this.panel)) return notify("The snippet is still running. Cancel it first, or wait.");
    const snippet = this.snippet.state.doc.toString();
    if (!snippet.trim()) return this.snippet.focus();
    this.sending = true;
    this.onSent();
    this.begin(null);
    const body = { source: this.file.state.doc.toString(), kind: "scratch", snippet };
    const { status, data } = await send<Created>("POST", this.submitUrl, { ...body, ...(await this.mark()) });
    this.sending = false;
    if (status === 201 && data?.url && data.events_url) return this.begin({ url: data.url, events_url: data.events_url });
    this.panel = IDLE;
    this.render();
    notify(data?.message ?? refusedWords(status) ?? "The server could not take this. Your snippet is kept; try again.", "failed");
  }

  /** Follows a snippet from its beginning; null: one that is on its way to the server. */
  begin(tried: Tried | null): void {
    this.follower?.stop();
    this.panel = { ...IDLE, phase: "queued" };
    this.url = tried?.url ?? null;
    if (tried) {
      this.follower = new Follower({ events: tried.events_url, state: `${tried.url}state/` }, null, (event) => this.take(event), () => undefined);
      this.follower.start();
    } else showFaults(this.snippet, []);
    this.render();
  }

  private take(event: StoryEvent): void {
    this.panel = reduce(this.panel, event);
    if (isOver(this.panel)) this.showFault();
    this.frame ||= window.setTimeout(() => {
      this.frame = 0;
      this.render();
    }, 50);
  }

  private showFault(): void {
    const { finished } = this.panel;
    const fault = snippetFault(this.panel);
    if (fault) showFaults(this.snippet, [fault]);
    if (finished?.line && finished.message) showFaults(this.file, [{ line: finished.line, message: finished.message }]);
  }

  private async stop(): Promise<void> {
    if (!this.url || this.stopping) return;
    this.stopping = true; // not by disabling the button, which would lose the focus
    const { status, data } = await send<Created>("POST", `${this.url}cancel/`, {});
    this.stopping = false;
    if (status !== 200) notify(data?.message ?? refusedWords(status) ?? "It could not be cancelled.", "failed");
  }

  private render(): void {
    const { panel } = this;
    const live = isLive(panel);
    const { text, tone, symbol } = scratchWords(panel);
    const state = need("[data-scratch-state]", this.root);
    if (state.dataset["shown"] !== text) {
      state.dataset["shown"] = text;
      state.className = `scratch-state tone-${tone}`;
      state.replaceChildren(icon(symbol), text);
    }
    const focused = document.activeElement; // before it is hidden
    this.run.hidden = live;
    this.cancel.hidden = !live;
    if (live && focused === this.run) this.cancel.focus();
    else if (!live && focused === this.cancel) this.run.focus();
    this.root.dataset["phase"] = panel.phase;
    this.output.show(panel.output, isOver(panel) ? "It printed nothing." : live ? "Nothing printed so far." : "What your snippet prints appears here, and the value of its last line.");
    setText(need("[data-scratch-message]", this.root), panel.finished?.message && !panel.output.some((piece) => piece.stream === "stderr") ? panel.finished.message : "");
  }
}
