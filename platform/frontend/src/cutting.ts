// Long output is shown as its beginning and its end; the middle waits for a click. Pure.

export interface Cut {
  head: string;
  tail: string;
  left: number;
}

const HEAD_LINES = 120;
const TAIL_LINES = 240;
const LONGEST_LINE = 2000;

function shortened(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)} … (${line.length - LONGEST_LINE} more characters)`;
}

/** `left` lines are missing between head and tail; 0 means that head is everything. */
export function cut(text: string): Cut {
  const lines = text.split("\n").map(shortened);
  const left = lines.length - HEAD_LINES - TAIL_LINES;
  if (left <= 1) return { head: lines.join("\n"), tail: "", left: 0 };
  return { head: lines.slice(0, HEAD_LINES).join("\n"), tail: lines.slice(-TAIL_LINES).join("\n"), left };
}
