// Radio buttons that save themselves. What is chosen is sent on top of what the window showed before, so that two windows
// never overwrite one another without a word.
import { send } from "./api";
import { all, find } from "./dom";
import { notify } from "./notices";
import { showSaveState } from "./saveState";

type Reply = { message?: string; now?: string | number | null };

const RETRY_MS = 4000;

export class Choice {
  private saved: string;
  private saving = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly root: HTMLElement,
    private readonly onSaved: () => void = () => undefined,
  ) {
    this.saved = root.dataset["value"] ?? "";
    this.show(this.saved); // a browser that reloads keeps what was chosen, the page is right
    root.addEventListener("change", () => void this.save());
    find("[data-unchoose]", root)?.addEventListener("click", () => {
      this.show("");
      void this.save();
      all<HTMLInputElement>("input[type=radio]", root)[0]?.focus();
    });
    addEventListener("pagehide", () => {
      if (!this.isSaved) void this.put(this.value, true);
    });
  }

  get isSaved(): boolean {
    return this.value === this.saved && !this.saving;
  }

  get value(): string {
    return find<HTMLInputElement>("input[type=radio]:checked", this.root)?.value ?? "";
  }

  choose(value: string): void {
    if ((this.root as HTMLFieldSetElement).disabled) return;
    this.show(value);
    find<HTMLInputElement>("input[type=radio]:checked", this.root)?.focus();
    void this.save();
  }

  private show(value: string): void {
    for (const input of all<HTMLInputElement>("input[type=radio]", this.root)) input.checked = input.value === value;
    const clear = find("[data-unchoose]", this.root);
    if (clear) clear.hidden = value === "";
  }

  private async save(): Promise<void> {
    clearTimeout(this.timer);
    if (this.saving) return; // the answer goes on with what is chosen by then
    const value = this.value;
    if (value === this.saved) return;
    this.saving = true;
    showSaveState(this.root, { kind: "saving" });
    const { status, data } = await this.put(value);
    this.saving = false;
    if (status === 200) this.settle(value);
    else this.failed(status, data);
  }

  private put(value: string, keepalive = false): Promise<{ status: number; data: Reply | null }> {
    const level = (text: string): number | null => (text === "" ? null : Number(text));
    const isWords = this.root.dataset["words"] !== undefined;
    const body = isWords ? { choice: value, was: this.saved } : { level: level(value), was: level(this.saved) };
    return send<Reply>("PUT", this.root.dataset["url"] ?? "", body, keepalive);
  }

  private settle(value: string): void {
    this.saved = value;
    find("[data-dated]", this.root)?.remove();
    showSaveState(this.root, { kind: "saved", at: new Date() });
    this.show(this.value);
    this.onSaved();
    if (this.value !== value) void this.save();
  }

  private failed(status: number, data: Reply | null): void {
    const isGone = status === 401 || status === 403;
    if (status === 409 && data && "now" in data) {
      this.saved = String(data.now ?? "");
      this.show(this.saved);
      this.onSaved();
      showSaveState(this.root, { kind: "conflict" });
      notify(data.message ?? "This was changed in another window.", "limit");
    } else if (status >= 400 && status < 500 && status !== 429) {
      if (!isGone) this.show(this.saved);
      showSaveState(this.root, isGone ? { kind: "signed-out" } : { kind: "refused", message: data?.message ?? "The server does not take this." });
    } else {
      showSaveState(this.root, { kind: "offline" });
      this.timer = setTimeout(() => void this.save(), RETRY_MS);
    }
  }
}
