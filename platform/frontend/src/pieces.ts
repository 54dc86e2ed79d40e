// A change set as JSON, cut so that no single entry of the timeline is large: what is pasted at once comes in pieces. Pure.

/** CodeMirror's own form: n keeps n, [n] deletes n, [n, "line", ...] replaces n by the lines. In UTF-16 code units. */
export type Section = number | [number, ...string[]];
export type Changes = Section[];

/** Code units. In UTF-8 at most 48 KiB, which fits into what a closing page may still send. */
export const PIECE = 16 * 1024;

const insertion = (section: Section): string => (typeof section === "number" ? "" : section.slice(1).join("\n"));

/** How much a change set brings in. */
export const broughtIn = (changes: Changes): number => changes.reduce<number>((sum, section) => sum + insertion(section).length, 0);

/** The text in pieces, none of which ends between the two halves of a character. */
export function cut(text: string, most = PIECE): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + most, text.length);
    const last = text.charCodeAt(to - 1);
    if (to < text.length && to - from > 1 && last >= 0xd800 && last < 0xdc00) to -= 1;
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}

/** Puts a text at a place of a text of so many code units. */
export function putting(text: string, at: number, length: number): Changes {
  const sections: Changes = [at, [0, ...text.split("\n")], length - at];
  return sections.filter((section) => section !== 0);
}

/** Change sets that do the same one after the other: first what is deleted, then what comes in, piece by piece. */
export function inPieces(changes: Changes, most = PIECE): Changes[] {
  if (broughtIn(changes) <= most) return [changes];
  const kept = changes.map((section): Section => (typeof section === "number" ? section : [section[0]]));
  const deleting = kept.filter((section) => typeof section === "number" || section[0] > 0);
  const made = deleting.some((section) => typeof section !== "number") ? [deleting] : [];
  let length = changes.reduce<number>((sum, section) => sum + (typeof section === "number" ? section : 0), 0);
  let at = 0;
  for (const section of changes) {
    if (typeof section === "number") at += section;
    for (const piece of cut(insertion(section), most)) {
      made.push(putting(piece, at, length));
      at += piece.length;
      length += piece.length;
    }
  }
  return made;
}
