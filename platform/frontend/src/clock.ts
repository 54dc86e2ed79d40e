// The clock of a sitting. The server keeps it; this one shows it, asks now and then, and says when little is left.
import { find, need, setText } from "./dom";

interface Told {
  state: "waiting" | "running" | "finished";
  now: string;
  deadline: string | null;
  credit: number;
}

const ASK_EVERY_MS = 20_000;
const ASK_SOON_MS = 1_500;
const SHORT_S = 5 * 60;
const SAVING_MS = 6_000;
/** Said to screen readers once each, in seconds that are left. */
const MILESTONES = [15 * 60, 5 * 60, 60];

/** "1:02:03", "59:05", "0:09". */
export function remaining(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export class Clock {
  private deadline: number;
  /** The server's time minus that of performance.now(), which no one sets back. */
  private offset: number;
  private before = Infinity;
  private ending = false;

  constructor(private readonly root: HTMLElement) {
    const { now = "", deadline = "", credit = "0" } = root.dataset;
    this.offset = Date.parse(now) - performance.now();
    this.deadline = Date.parse(deadline);
    this.showCredit(Number(credit));
  }

  start(): void {
    this.tick();
    setInterval(() => this.tick(), 250);
    setInterval(() => void this.ask(), ASK_EVERY_MS);
    void this.ask();
    // What was graded late is given back, and a page that slept may be far behind.
    document.body.addEventListener("submission-over", () => void this.ask());
    document.addEventListener("visibilitychange", () => void (document.visibilityState === "visible" && this.ask()));
  }

  private get left(): number {
    return (this.deadline - (performance.now() + this.offset)) / 1000;
  }

  private tick(): void {
    const left = this.left;
    setText(need("[data-clock-time]", this.root), remaining(left));
    this.root.classList.toggle("clock-short", left <= SHORT_S);
    const passed = MILESTONES.find((mark) => left <= mark && this.before > mark && this.before !== Infinity);
    if (passed !== undefined) setText(need("[data-clock-say]", this.root), `${passed / 60} ${passed === 60 ? "minute is" : "minutes are"} left.`);
    this.before = left;
    if (left <= 0 && !this.ending) void this.end();
  }

  private async ask(): Promise<Told | null> {
    const sent = performance.now();
    try {
      const response = await fetch(this.root.dataset["url"] ?? "", { headers: { Accept: "application/json" } });
      if (!response.ok) return null;
      const told = (await response.json()) as Told;
      this.offset = Date.parse(told.now) - (sent + performance.now()) / 2;
      if (told.deadline) this.deadline = Date.parse(told.deadline);
      this.showCredit(told.credit);
      if (told.state === "finished") this.leave();
      return told;
    } catch {
      return null; // the page's own clock goes on
    }
  }

  private showCredit(seconds: number): void {
    const element = need("[data-clock-back]", this.root);
    element.hidden = seconds < 1;
    setText(element, `${remaining(seconds)} given back`);
    element.title = "Time that our machines took from you";
  }

  /** Time may have been given back meanwhile; else the last words are saved, and the page goes where nothing can be typed. */
  private async end(): Promise<void> {
    this.ending = true;
    await this.ask();
    if (this.left > 0) {
      this.ending = false;
      return;
    }
    need<HTMLDialogElement>("#time-up").addEventListener("cancel", (event) => event.preventDefault());
    need<HTMLDialogElement>("#time-up").showModal();
    const until = performance.now() + SAVING_MS;
    const wait = (): void => {
      const state = find("[data-save-state]")?.dataset["state"];
      if (performance.now() > until || state === undefined || state === "saved") this.leave();
      else setTimeout(wait, 200);
    };
    setTimeout(wait, ASK_SOON_MS);
  }

  private leave(): void {
    location.assign(this.root.dataset["home"] ?? "/");
  }
}
