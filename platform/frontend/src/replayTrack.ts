// The timeline under the code: how much was typed when, what happened, and a head that is dragged through time.
import { make, need } from "./dom";
import { icon } from "./icons";
import type { Moment } from "./moments";
import { density, type Happening } from "./replayMarks";
import { elapsed, inWords } from "./replayTime";

const STRETCHES = 240;
const HEIGHT = 40;

export class ReplayTrack {
  private end = 1;
  private readonly marks: HTMLElement;
  private readonly head: HTMLElement;

  constructor(
    private readonly track: HTMLElement,
    onSeek: (at: number) => void,
  ) {
    this.marks = need("[data-track-marks]", track);
    this.head = need("[data-track-head]", track);
    const seek = (event: PointerEvent): void => {
      const box = track.getBoundingClientRect();
      onSeek(Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * this.end);
    };
    track.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      track.setPointerCapture(event.pointerId);
      seek(event);
    });
    track.addEventListener("pointermove", (event) => {
      if (track.hasPointerCapture(event.pointerId)) seek(event);
    });
  }

  draw(steps: readonly Moment[], rows: readonly Happening[], end: number): void {
    this.end = end || 1;
    this.track.setAttribute("aria-valuemax", String(Math.round(end)));
    const heights = density(steps, this.end, STRETCHES);
    const bars = heights.map((height, i) => (height ? `M${i} ${HEIGHT}v-${(2 + height * (HEIGHT - 2)).toFixed(1)}h1V${HEIGHT}z` : ""));
    need("[data-track-density] path", this.track).setAttribute("d", bars.join(""));
    this.marks.replaceChildren(...rows.filter((row) => row.lane !== "none").map((row) => this.mark(row)));
  }

  at(moment: number): void {
    this.head.style.left = this.percent(moment);
    this.track.setAttribute("aria-valuenow", String(Math.round(moment)));
    this.track.setAttribute("aria-valuetext", `${inWords(moment)} of ${inWords(this.end)}`);
  }

  private percent(moment: number): string {
    return `${Math.min(100, (100 * moment) / this.end).toFixed(3)}%`;
  }

  private mark(row: Happening): HTMLElement {
    const mark = make("span", `track-mark track-${row.lane} tone-${row.tone}`, row.lane === "away" ? "" : row.sign);
    if (row.lane === "sent" && row.icon) {
      mark.replaceChildren(icon(row.icon)); // in a disc: never the colour alone
      mark.classList.add("track-disc");
    }
    mark.style.left = this.percent(row.at);
    if (row.lane === "away") mark.style.width = this.percent(row.seconds);
    mark.title = `${elapsed(row.at)} ${row.text}`;
    return mark;
  }
}
