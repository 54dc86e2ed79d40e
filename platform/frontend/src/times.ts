// Times in the reader's own zone and words: the one that they chose, else the browser's. The server writes them in the
// chosen one or in UTC, which stays readable without scripts.
import { all } from "./dom";

/** A format in the chosen zone; in the browser's where it does not know that one. */
function formatted(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const timeZone = document.body.dataset["zone"] || undefined;
  try {
    return new Intl.DateTimeFormat(undefined, { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat(undefined, options);
  }
}

const clock = formatted({ hour: "2-digit", minute: "2-digit" });
const day = formatted({ day: "numeric", month: "short" });
const date = formatted({ day: "numeric", month: "short", year: "numeric" });
const year = formatted({ year: "numeric" });
const full = formatted({ dateStyle: "medium", timeStyle: "medium" });

/** "12:03" today, "3 May, 12:03" this year, "3 May 2025" before and after. */
export function shortTime(when: Date, now = new Date()): string {
  if (date.format(when) === date.format(now)) return clock.format(when);
  if (year.format(when) !== year.format(now)) return date.format(when);
  return `${day.format(when)}, ${clock.format(when)}`;
}

export function localiseTimes(root: ParentNode = document): void {
  for (const element of all<HTMLTimeElement>("time[datetime]", root)) {
    const when = new Date(element.dateTime);
    if (Number.isNaN(when.getTime())) continue;
    element.textContent = shortTime(when);
    element.title = full.format(when);
  }
}
