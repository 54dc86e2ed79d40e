// Markdown beside the editor as it will be shown; the server makes and cleans the HTML.
import { send } from "./api";
import { all } from "./dom";

const PAUSE_MS = 400;

export class Preview {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  constructor(
    private readonly box: HTMLElement,
    private readonly url: string,
    private readonly read: () => string,
  ) {}

  changed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.show(), PAUSE_MS);
  }

  private async show(): Promise<void> {
    const mine = ++this.asked;
    const { status, data } = await send<{ html: string }>("POST", this.url, { source: this.read() });
    if (mine !== this.asked || status !== 200 || !data) return; // an older answer, or none: what is shown stays
    this.box.innerHTML = data.html;
    for (const code of all(".prose pre, .prose table", this.box)) code.tabIndex = 0;
  }
}
