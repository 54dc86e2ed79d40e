// Times in the reader's own zone and words. The server writes them in UTC, which stays readable without scripts.
import { all } from "./dom";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** "12:03" today, "3 May, 12:03" otherwise. */
export function shortTime(when: Date, now = new Date()): string {
  const today = when.toDateString() === now.toDateString();
  return today ? clock.format(when) : `${day.format(when)}, ${clock.format(when)}`;
}

export function localiseTimes(root: ParentNode = document): void {
  for (const element of all<HTMLTimeElement>("time[datetime]", root)) {
    const when = new Date(element.dateTime);
    if (Number.isNaN(when.getTime())) continue;
    element.textContent = shortTime(when);
    element.title = full.format(when);
  }
}
