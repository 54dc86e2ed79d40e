// What is known of one case: why it failed, what to try, and for samples the difference in numbers.
import { make } from "./dom";
import type { CaseResult, Difference, Side } from "./events";
import { heatMap, isGrid } from "./heat";
import { icon } from "./icons";
import { plain } from "./rows";
import type { ListedCase } from "./telling";
import { outcomeWord } from "./words";

export interface Fault {
  message: string;
  line: number | null;
}

type GoToLine = ((line: number) => void) | null;

const KINDS: Record<string, string> = {
  values: "The numbers differ.",
  shape: "The shapes differ.",
  dtype: "The dtypes differ.",
  nan: "There are values that are not finite.",
  factor: "The result is off by a constant factor.",
  offset: "The result is off by a constant.",
  sign: "The sign is turned around.",
  one: "A single value is off.",
  zero: "All values are zero.",
  transpose: "The axes are in another order.",
  structure: "The structure differs.",
  type: "The types differ.",
};

/** A shape or a dtype, marked where the other side has another one. */
const part = (text: string, other: string | undefined): Node => make("span", text === other ? "" : "differs", text);

/** Shapes are held against one another from their last axis on, as broadcasting does. */
function shapeOf(side: Side, other: Side | null | undefined): Node[] {
  const parts: Node[] = side.dtype ? [part(side.dtype, other?.dtype ?? undefined)] : [];
  const { shape } = side;
  if (!Array.isArray(shape)) return shape ? [...parts, part(` ${shape}`, undefined)] : parts;
  const theirs = Array.isArray(other?.shape) ? other.shape : null;
  const shift = (theirs?.length ?? 0) - shape.length;
  const axes = shape.flatMap((axis, i): (Node | string)[] => [i ? ", " : "", theirs ? part(String(axis), theirs[i + shift]?.toString()) : String(axis)]);
  return [...parts, make("span", theirs && shift ? "differs" : "", " (", ...axes, shape.length === 1 ? ",)" : ")")];
}

function sideOf(label: string, side: Side | null | undefined, other: Side | null | undefined): HTMLElement {
  const shape = side ? shapeOf(side, other) : [];
  const box = make("div", "", make("dt", "", label));
  if (shape.length) box.append(make("dd", "versus-shape", ...shape));
  const text = make("pre", "", side?.text ?? "nothing");
  text.tabIndex = 0; // wide arrays scroll, also by keyboard
  text.setAttribute("role", "region");
  text.setAttribute("aria-label", `${label}: values`);
  box.append(make("dd", "", text));
  return box;
}

/** The engine's message says the kind and the largest difference already, where there is one. */
function differenceOf(difference: Difference, isTold: boolean): Node[] {
  const parts: Node[] = [];
  const kind = isTold ? "" : (KINDS[difference.kind] ?? "");
  const place = difference.where ? [" At ", make("code", "", difference.where), "."] : [];
  if (kind) parts.push(make("p", "detail-quiet", kind, ...place));
  if (difference.grid && isGrid(difference.grid)) parts.push(heatMap(difference.grid));
  if (difference.got || difference.want) {
    const { got, want } = difference;
    parts.push(make("dl", "versus", sideOf("Got", got, want), sideOf("Wanted", want, got)));
  }
  if (difference.largest && !isTold) {
    const { index, got, want } = difference.largest;
    const at = Array.isArray(index) ? `[${index.join(", ")}]` : String(index ?? "");
    parts.push(make("p", "largest", "Largest difference at ", make("code", "", at), ": got ", make("code", "", String(got)), ", wanted ", make("code", "", String(want)), "."));
  }
  return parts;
}

function lineButton(line: number | null | undefined, goToLine: GoToLine): Node[] {
  if (!line || !goToLine) return [];
  const button = make("button", "button", `Go to line ${line}`);
  button.type = "button";
  button.addEventListener("click", () => goToLine(line));
  return [make("p", "", button)];
}

export function caseDetail(listed: ListedCase, result: CaseResult | null, goToLine: GoToLine): Node[] {
  const { word, icon: symbol, tone } = outcomeWord(result?.outcome ?? "waiting");
  const state = make("span", `state tone-${tone}`, icon(symbol), result ? `${word}, ${plain(result.earned)} of ${plain(result.points)} points` : word);
  const nodes: Node[] = [make("div", "detail-head", make("h3", "", listed.title), state)];
  const kind = listed.sample ? "A sample case: its numbers are shown." : "A hidden case: its inputs stay secret.";
  if (!result) return [...nodes, make("p", "detail-quiet", `${kind} Worth ${plain(listed.points)} points.`)];
  if (result.outcome === "passed") return [...nodes, make("p", "detail-quiet", "Nothing to mend here.")];
  if (result.message) nodes.push(make("div", "detail-message", result.message), ...lineButton(result.line, goToLine));
  if (result.hint) nodes.push(make("p", "detail-hint", icon("lightbulb"), make("span", "", make("strong", "", "Hint. "), result.hint)));
  if (result.difference) nodes.push(...differenceOf(result.difference, result.message !== null));
  if (!result.message && !result.hint && !result.difference) nodes.push(make("p", "detail-quiet", kind));
  return nodes;
}

/** What went wrong before any case could run. */
export function faultDetail(fault: Fault, goToLine: GoToLine): Node[] {
  return [make("h3", "", "What happened"), make("div", "detail-message", fault.message), ...lineButton(fault.line, goToLine)];
}

export function quietDetail(text: string): Node[] {
  return [make("p", "detail-quiet", text)];
}
