// Where Python would refuse to read a text, as far as the editor's own parse can tell. Pure, and linear in the text.
import type { SyntaxNode, Tree } from "@lezer/common";

export interface SyntaxFault {
  from: number;
  to: number;
  message: string;
}

/** What the checks read of a text. */
export interface Source {
  length: number;
  sliceString(from: number, to: number): string;
  lineAt(pos: number): { from: number; to: number; text: string };
}

/** Python itself reports one error; after a few more nobody reads on. */
const MOST = 5;
const OPENING: Record<string, string> = { "(": ")", "[": "]", "{": "}" };
const BLOCKS = new Set([
  "FunctionDefinition", "ClassDefinition", "IfStatement", "WhileStatement", "ForStatement", "WithStatement", "TryStatement",
  "MatchStatement", "MatchClause", "Body",
]);

/** `with … as (a, b):` is sound, and after it the grammar is astray to the end of the text. */
const ASTRAY = /^[ \t]*(?:async[ \t]+)?with\b[^\n]*(?:\n[^\n]*){0,8}?\)[ \t]+as[ \t]+\(/m;

export function syntaxFaults(tree: Tree, source: Source): SyntaxFault[] {
  const astray = ASTRAY.exec(source.sliceString(0, source.length))?.index ?? Infinity;
  const found: SyntaxFault[] = [];
  const cursor = tree.cursor();
  do {
    const { type } = cursor;
    const fault =
      type.isError ? (excused(cursor.node, source) ? null : explained(cursor.node, source))
      : type.name === "String" || type.name === "FormatString" ? unfinished(cursor.node, source)
      : type.name === "Body" || type.name === "Script" ? crooked(cursor.node, source)
      : null;
    if (fault && fault.from < astray) found.push(fault);
  } while (found.length < 4 * MOST && cursor.next());
  return tidied(found, source);
}

/** One for each line, from the top; behind a bracket that was never closed nothing else can be trusted. */
function tidied(found: SyntaxFault[], source: Source): SyntaxFault[] {
  const lines = new Set<number>();
  const kept: SyntaxFault[] = [];
  for (const fault of found.sort((a, b) => a.from - b.from)) {
    const line = source.lineAt(fault.from).from;
    if (lines.has(line)) continue;
    lines.add(line);
    kept.push(fault);
    if (fault.message.endsWith("never closed") || kept.length === MOST) break;
  }
  return kept;
}

/** Sound Python that the grammar does not know: it is better to miss a mistake than to see one that is none. */
function excused(error: SyntaxNode, source: Source): boolean {
  const before = source.sliceString(Math.max(0, error.from - 12), error.from);
  const after = source.sliceString(error.from, Math.min(source.length, error.from + 12));
  if (/\byield\s*$/.test(before)) return true; // a yield that gives nothing
  if (/\bfor\b[^\n]*$/.test(source.sliceString(source.lineAt(error.from).from, error.from)) && after.startsWith("*")) return true; // for a, *_ in
  if (/\f/.test(before + after)) return true; // a form feed between two parts
  const head = error.parent?.name === "Body" && !error.prevSibling?.prevSibling ? error.parent.parent : error.parent;
  for (let node = head; node && node.name !== "Body"; node = node.parent) {
    if (node.name === "WithStatement" && /\(/.test(header(node, source))) return true; // with (a as b, c as (d, e)):
    if (node.name === "MatchClause" && /\./.test(header(node, source))) return true; // case module.Name():
  }
  return false;
}

/** The part of a compound statement before its block. */
function header(node: SyntaxNode, source: Source): string {
  return source.sliceString(node.from, Math.min(node.getChild("Body")?.from ?? node.to, node.from + 400));
}

function explained(error: SyntaxNode, source: Source): SyntaxFault | null {
  const { from, to, parent } = error;
  const opened = parent && openedIn(parent);
  const text = source.sliceString(from, Math.min(to, from + 40));
  if (opened && from === to && !text) {
    const bracket = source.sliceString(opened.from, opened.to);
    return { from: opened.from, to: opened.to, message: `'${bracket}' was never closed` };
  }
  const word = text.trim().split(/\s/)[0] ?? "";
  const place = visible(from, to, source);
  if (parent && BLOCKS.has(parent.name)) {
    const before = lastWord(from, source);
    if (parent.name === "Body" && source.sliceString(before.from, before.to) === ":") {
      return { ...before, message: "An indented block is expected after this line" };
    }
    if (!word || word === "\n") return { ...lastWord(from, source), message: "A ':' is expected at the end of this line" };
    if (word === "=") return { ...place, message: "'=' sets a name; to compare, write '=='" };
  }
  if (/^[)\]}]$/.test(word)) return { ...place, message: opened ? `'${word}' does not close '${source.sliceString(opened.from, opened.to)}'` : `'${word}' closes nothing` };
  if (word) return { ...place, message: `'${word}' is not expected here` };
  return missing(error, source);
}

/** The bracket that a node begins with, when the node has no end to it. */
function openedIn(node: SyntaxNode): SyntaxNode | null {
  const first = node.firstChild;
  const closing = first && OPENING[first.name];
  return first && closing && node.lastChild?.name !== closing ? first : null;
}

function missing(error: SyntaxNode, source: Source): SyntaxFault | null {
  const place = lastWord(error.from, source);
  const before = source.sliceString(place.from, place.to);
  const line = source.lineAt(place.from);
  const rest = source.sliceString(place.to, line.to).trim();
  if (before === "." && /\d/.test(source.sliceString(place.from - 1, place.from))) return null; // 20. is a number
  if (before === ".") return { ...place, message: "A name is expected after '.'" };
  if (rest && !rest.startsWith("#")) return { ...visible(error.from, error.from, source), message: `'${rest.split(/[\s([{.,:]/)[0] || rest[0]}' is not expected here` };
  return { ...place, message: `Something is missing after '${before}'` };
}

/** A string that the line ends before its quote does. */
function unfinished(node: SyntaxNode, source: Source): SyntaxFault | null {
  const head = /^[a-zA-Z]{0,3}("""|'''|"|')/.exec(source.sliceString(node.from, Math.min(node.to, node.from + 6)));
  const quote = head?.[1];
  if (!head || !quote) return null;
  const closed = node.to - node.from >= head[0].length + quote.length && source.sliceString(node.to - quote.length, node.to) === quote;
  if (closed) return null;
  return { from: node.from, to: Math.min(node.to, source.lineAt(node.from).to), message: "This string was never closed" };
}

/** The first statement of a block that does not stand where the block's other statements do. */
function crooked(block: SyntaxNode, source: Source): SyntaxFault | null {
  let margin: string | null = block.name === "Script" ? "" : null;
  for (let child = block.firstChild; child; child = child.nextSibling) {
    if (child.type.isError || !/Statement|Definition/.test(child.name)) continue;
    const line = source.lineAt(child.from);
    const before = source.sliceString(line.from, child.from);
    if (before.trim()) continue; // after a `;` or a `:`
    margin ??= before;
    if (before === margin) continue;
    const ahead = lastWord(line.from, source);
    if (source.sliceString(ahead.from, ahead.to) === ":") return null; // a block, after a head that the grammar does not know
    const isBack = child.prevSibling?.getChild("Body");
    const message = before.startsWith(margin) && !isBack ? "This line is indented more than its block" : "This indentation matches no block around it";
    return { from: line.from, to: child.from > line.from ? child.from : line.to, message };
  }
  return null;
}

/** At least one character to underline, on one line. */
function visible(from: number, to: number, source: Source): { from: number; to: number } {
  const line = source.lineAt(from);
  if (from >= line.to) return lastWord(from, source);
  const end = Math.min(Math.max(to, from + 1), line.to);
  const text = source.sliceString(from, line.to);
  const blank = text.length - text.trimStart().length;
  if (from + blank >= end && from + blank < line.to) return { from: from + blank, to: from + blank + 1 };
  return { from, to: end };
}

/** The last thing that was written before a place. */
function lastWord(pos: number, source: Source): { from: number; to: number } {
  const text = source.sliceString(Math.max(0, pos - 400), pos);
  const kept = text.replace(/(?:\s|(?<=^|\n|\s)#[^\n]*)+$/, "");
  const to = pos - (text.length - kept.length);
  const word = /(?:[\p{L}\p{N}_]+|\S)$/u.exec(kept)?.[0] ?? "";
  if (!word) return { from: Math.max(0, Math.min(pos, source.length - 1)), to: Math.min(source.length, Math.max(1, pos)) };
  return { from: to - word.length, to };
}
