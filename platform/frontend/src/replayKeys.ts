// Keys of a replay: see templates/interviews/replay_keys.html, which the list of shortcuts shows.
import { find } from "./dom";
import { SPEEDS } from "./replayTime";
import { isTyping } from "./shortcuts";

export interface ReplayCommands {
  toggle(): void;
  /** Seconds, back or on. */
  step(seconds: number): void;
  seek(place: "start" | "end"): void;
  mark(way: 1 | -1): void;
  speed(speed: number): void;
  skip(): void;
  firstPassed(): void;
  copy(): void;
}

const STEP_S = 5;
const LEAP_S = 30;

function commandOf(event: KeyboardEvent, commands: ReplayCommands): (() => void) | null {
  const far = event.shiftKey ? LEAP_S : STEP_S;
  switch (event.key) {
    case " ":
      return () => commands.toggle();
    case "ArrowRight":
      return () => commands.step(far);
    case "ArrowLeft":
      return () => commands.step(-far);
    case "Home":
      return () => commands.seek("start");
    case "End":
      return () => commands.seek("end");
    case "[":
      return () => commands.mark(-1);
    case "]":
      return () => commands.mark(1);
    case "i":
      return () => commands.skip();
    case "p":
      return () => commands.firstPassed();
    case "c":
      return () => commands.copy();
  }
  const speed = /^[1-5]$/.test(event.key) ? SPEEDS[Number(event.key) - 1] : undefined;
  return speed === undefined ? null : () => commands.speed(speed);
}

/** What the thing with the focus does with a key itself: a button is pressed by Space, code scrolls by arrows. */
function isTaken(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof Element)) return false;
  if (target instanceof HTMLInputElement && target.type === "checkbox") return event.key === " ";
  if (isTyping(target)) return true;
  if (event.key === " ") return target.closest("button, a, summary") !== null;
  return /^(Arrow|Home|End)/.test(event.key) && target.closest(".cm-editor, [data-scrolls]") !== null;
}

export function startReplayKeys(commands: ReplayCommands): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || find("dialog[open]") || isTaken(event)) return;
    const command = commandOf(event, commands);
    if (!command) return;
    event.preventDefault();
    command();
  });
}
