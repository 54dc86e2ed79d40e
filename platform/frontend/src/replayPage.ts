// The replay of a sitting: time goes on by itself, by dragging, by keys, or to where a link points.
import { copyText } from "./copying";
import { all, need, setText } from "./dom";
import { notify } from "./notices";
import type { Facts, Portion } from "./moments";
import { recall, remember } from "./remembered";
import { startReplayKeys } from "./replayKeys";
import { firstPassed, markFrom } from "./replayMarks";
import { advanced, elapsed, linkedAt, linkTo, SPEEDS } from "./replayTime";
import { ReplayTrack } from "./replayTrack";
import type { Match } from "./sentPanel";
import { Stage } from "./stage";
import { loadAll } from "./timelineLoading";

const SPEED_KEY = "gradetape:replay-speed";
const SKIP_KEY = "gradetape:replay-skip";
/** A page that was not painted for so long goes on from where it was. */
const LONGEST_FRAME_MS = 250;

export class ReplayPage {
  private readonly stage: Stage;
  private readonly track: ReplayTrack;
  private at = 0;
  private end = 0;
  private stops: number[] = [];
  private playing = false;
  private frame = 0;
  private speed: number;
  private skips: boolean;

  constructor(
    private readonly root: HTMLElement,
    private readonly facts: Facts,
  ) {
    this.speed = SPEEDS.find((speed) => String(speed) === recall(SPEED_KEY)) ?? 1;
    this.skips = recall(SKIP_KEY) !== "no";
    this.track = new ReplayTrack(need("[data-track]", root), (at) => this.seek(at));
    this.stage = new Stage(root, facts, { go: (row) => this.goTo(row.at, row.task), chosen: () => this.show() });
  }

  async start(): Promise<void> {
    const how = await loadAll(this.facts.timeline, (portion) => this.take(portion));
    if (how !== "portion") notify("The timeline could not be loaded whole. Reload the page.", "failed");
    if (this.stage.timeline.isEmpty) return this.showEmpty(how === "portion");
    this.renew();
    this.startControls();
    this.open();
    this.root.dataset["state"] = "ready";
    void this.loadMatches();
  }

  private showEmpty(isLoaded: boolean): void {
    this.root.dataset["state"] = "empty";
    need<HTMLElement>("[data-empty]", this.root).hidden = !isLoaded;
  }

  private take(portion: Portion): void {
    this.stage.timeline.add(portion.entries);
    this.end = Math.max(portion.ended ?? portion.now, this.stage.timeline.end);
  }

  private renew(): void {
    const { timeline } = this.stage;
    this.stage.renew(this.end);
    this.stops = [...timeline.steps, ...timeline.events].map((one) => one.at).sort((a, b) => a - b);
    this.track.draw(timeline.steps, this.stage.rows, this.end);
    setText(need("[data-end]", this.root), elapsed(this.end));
    need<HTMLElement>("[data-not-typed]", this.root).hidden = timeline.steps.length > 0;
    need<HTMLButtonElement>("[data-passed]", this.root).hidden = firstPassed(timeline, null) === null;
  }

  /** At the moment of a link, or at the beginning. */
  private open(): void {
    const linked = linkedAt(location.search);
    const task = this.facts.tasks.find((one) => one.slug === linked?.task)?.slug ?? null;
    if (task) this.stage.choose(task);
    this.seek(linked?.at ?? 0);
  }

  private async loadMatches(): Promise<void> {
    try {
      const response = await fetch(this.facts.matches, { headers: { Accept: "application/json" } });
      if (!response.ok) return;
      this.stage.sent.setMatches((await response.json()) as Record<string, Match>);
      this.show();
    } catch {
      // Then the page says nothing of it.
    }
  }

  private seek(at: number): void {
    this.at = Math.max(0, Math.min(this.end, at));
    this.show();
  }

  private show(): void {
    this.stage.show(this.at);
    this.track.at(this.at);
    setText(need("[data-now]", this.root), elapsed(this.at));
  }

  /** To something that happened, in the task in which it did. */
  private goTo(at: number, task: string | null): void {
    if (task && this.stage.chosen !== null) this.stage.choose(task);
    this.seek(at);
  }

  private play(playing: boolean): void {
    if (playing && this.at >= this.end) this.at = 0;
    this.playing = playing;
    const button = need<HTMLButtonElement>("[data-play]", this.root);
    button.dataset["playing"] = String(playing);
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    cancelAnimationFrame(this.frame);
    if (playing) this.frame = requestAnimationFrame((now) => this.tick(now, now));
  }

  private tick(before: number, now: number): void {
    const seconds = (Math.min(now - before, LONGEST_FRAME_MS) / 1000) * this.speed;
    this.at = advanced(this.at, seconds, this.stops, this.end, this.skips);
    this.show();
    if (this.at >= this.end) return this.play(false);
    this.frame = requestAnimationFrame((next) => this.tick(now, next));
  }

  private startControls(): void {
    const { root } = this;
    const on = (selector: string, run: () => void): void => need(selector, root).addEventListener("click", run);
    on("[data-play]", () => this.play(!this.playing));
    on("[data-before]", () => this.toMark(-1));
    on("[data-next]", () => this.toMark(1));
    on("[data-passed]", () => this.toFirstPassed());
    on("[data-link-here]", () => this.copy());
    for (const button of all("[data-speed]", root)) button.addEventListener("click", () => this.setSpeed(Number(button.dataset["speed"])));
    need("[data-skip]", root).addEventListener("change", () => this.setSkips(need<HTMLInputElement>("[data-skip]", root).checked));
    this.setSpeed(this.speed);
    this.setSkips(this.skips);
    startReplayKeys({
      toggle: () => this.play(!this.playing),
      step: (seconds) => this.seek(this.at + seconds),
      seek: (place) => this.seek(place === "start" ? 0 : this.end),
      mark: (way) => this.toMark(way),
      speed: (speed) => this.setSpeed(speed),
      skip: () => this.setSkips(!this.skips),
      firstPassed: () => this.toFirstPassed(),
      copy: () => this.copy(),
    });
  }

  private setSpeed(speed: number): void {
    this.speed = speed;
    remember(SPEED_KEY, String(speed));
    for (const button of all("[data-speed]", this.root)) button.setAttribute("aria-pressed", String(Number(button.dataset["speed"]) === speed));
  }

  private setSkips(skips: boolean): void {
    this.skips = skips;
    remember(SKIP_KEY, skips ? "yes" : "no");
    need<HTMLInputElement>("[data-skip]", this.root).checked = skips;
  }

  private toMark(way: 1 | -1): void {
    const at = markFrom(this.stage.rows, this.at, way);
    if (at !== null) this.seek(at);
  }

  private toFirstPassed(): void {
    const passed = firstPassed(this.stage.timeline, this.stage.task);
    if (!passed) return notify("Nothing passed in this sitting.");
    this.play(false);
    this.goTo(passed.at, passed.task);
    if (this.stage.task !== passed.task && passed.task) this.stage.choose(passed.task);
  }

  private copy(): void {
    this.play(false);
    copyText(linkTo(location.href, this.at, this.stage.task), `The link to ${elapsed(this.at)} is copied.`);
  }
}
