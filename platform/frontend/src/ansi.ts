// Terminal text to runs of plain text with class names. Nothing here makes HTML: runs become text nodes.

export interface Run {
  text: string;
  classes: string;
}

interface Style {
  fg: number | null;
  bg: boolean;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
}

const PLAIN: Style = { fg: null, bg: false, bold: false, dim: false, italic: false, underline: false };
// CSI and OSC sequences, then any other escape of one or two characters.
const ESCAPES = /\x1b\[([0-9;:?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?/g;
const OTHER_CONTROLS = /[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/g;

function classesOf(style: Style): string {
  const names: string[] = [];
  if (style.fg !== null) names.push(`ansi-fg-${style.fg}`);
  if (style.bg) names.push("ansi-bg");
  for (const name of ["bold", "dim", "italic", "underline"] as const) if (style[name]) names.push(`ansi-${name}`);
  return names.join(" ");
}

/** The eight colours of the theme stand in for all others: the nearest by which channels are strong. */
function nearest(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue);
  if (most - Math.min(red, green, blue) < 40) return most > 127 ? 7 : 0;
  const strong = (channel: number): number => (channel > 0.6 * most ? 1 : 0);
  return strong(red) + 2 * strong(green) + 4 * strong(blue);
}

function of256(n: number): number {
  if (n < 16) return n % 8;
  if (n >= 232) return n > 243 ? 7 : 0;
  const cube = n - 16;
  return nearest(Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51);
}

function styled(style: Style, codes: number[]): Style {
  let next = { ...style };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) next = { ...PLAIN };
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 22) next.bold = next.dim = false;
    else if (code === 23) next.italic = false;
    else if (code === 24) next.underline = false;
    else if (code === 39) next.fg = null;
    else if (code === 49) next.bg = false;
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) next.fg = code % 10;
    else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) next.bg = true;
    else if (code === 38 || code === 48) {
      const wide = codes[i + 1] === 5;
      const colour = wide ? of256(codes[i + 2] ?? 0) : nearest(codes[i + 2] ?? 0, codes[i + 3] ?? 0, codes[i + 4] ?? 0);
      if (code === 38) next.fg = colour;
      else next.bg = true;
      i += wide ? 2 : 4;
    }
  }
  return next;
}

/** What a terminal would leave standing: a carriage return starts the line over, a backspace takes a character back. */
export function settleLines(text: string): string {
  const lines = text.replaceAll("\r\n", "\n").split("\n").map((line) => line.slice(line.replace(/\r+$/, "").lastIndexOf("\r") + 1).replace(/\r+$/, ""));
  let settled = lines.join("\n");
  while (/[^\n\b]\x08/.test(settled)) settled = settled.replace(/[^\n\b]\x08/g, "");
  return settled.replaceAll("\b", "");
}

export function parseAnsi(text: string): Run[] {
  const runs: Run[] = [];
  let style = PLAIN;
  let from = 0;
  const push = (piece: string): void => {
    const clean = piece.replace(OTHER_CONTROLS, "");
    const classes = classesOf(style);
    const last = runs.at(-1);
    if (!clean) return;
    if (last?.classes === classes) last.text += clean;
    else runs.push({ text: clean, classes });
  };
  for (const match of text.matchAll(ESCAPES)) {
    push(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === "m") style = styled(style, (match[1] || "0").split(/[;:]/).map(Number));
  }
  push(text.slice(from));
  return runs;
}
