// The submissions that are under way beside one another, as buttons above the cases: the one on show is pressed.
import { make } from "./dom";
import { icon } from "./icons";
import { isLive, isOver } from "./story";
import { tell, type ListedCase } from "./telling";
import { shortTime } from "./times";
import type { Watch } from "./watching";

export class WatchList {
  private watches: Watch[] = [];
  private written = "";
  private inView: Watch | null = null;

  constructor(
    private readonly box: HTMLElement | null,
    private readonly listed: ListedCase[],
    private readonly onChoose: (watch: Watch) => void,
  ) {}

  add(watch: Watch): void {
    if (!this.watches.includes(watch)) this.watches.push(watch);
  }

  drop(watch: Watch): void {
    watch.stop();
    this.watches = this.watches.filter((one) => one !== watch);
  }

  newest(): Watch | undefined {
    return this.watches.at(-1);
  }

  /** Lets go of what is over and was seen to be, and of what never began. */
  prune(kept: Watch): void {
    for (const one of this.watches) if (one !== kept && (isOver(one.panel) ? one.seen : !isLive(one.panel))) this.drop(one);
  }

  /** Nothing to choose from while there is one alone. */
  show(shown: Watch | null): void {
    if (!this.box) return;
    const many = this.watches.length > 1;
    const key = many ? JSON.stringify(this.watches.map((one) => [one === shown, this.label(one)])) : "";
    if (key === this.written) return;
    this.written = key;
    const focused = [...this.box.children].indexOf(document.activeElement as Element);
    this.box.hidden = !many;
    this.box.replaceChildren(...(many ? this.watches.map((one) => this.button(one, one === shown)) : []));
    const again = this.box.children[focused];
    if (again instanceof HTMLElement) again.focus();
    if (shown === this.inView) return;
    this.inView = shown;
    const pressed = this.box.querySelector<HTMLElement>("[aria-pressed=true]");
    if (pressed) this.box.scrollLeft = pressed.offsetLeft - this.box.offsetLeft - 12; // on a phone they don't all fit
  }

  private label(watch: Watch): [icon: string, tone: string, text: string] {
    const telling = tell(watch.panel, this.listed, watch.samplesOnly);
    return [telling.icon, telling.tone, `${watch.samplesOnly ? "Samples" : "Submission"} ${shortTime(watch.sentAt)} · ${telling.head}`];
  }

  private button(watch: Watch, pressed: boolean): HTMLElement {
    const [symbol, tone, text] = this.label(watch);
    const button = make("button", "watch", make("span", `state tone-${tone}`, icon(symbol)), text);
    button.type = "button";
    button.setAttribute("aria-pressed", String(pressed));
    button.addEventListener("click", () => this.onChoose(watch));
    return button;
  }
}
