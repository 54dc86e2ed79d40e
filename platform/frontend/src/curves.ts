// What a probe reported while it trained, made ready to be drawn and to be told. Pure.
import type { Curve } from "./story";

export interface Series {
  name: string;
  values: (number | null)[];
}

export interface Drawable {
  /** What runs along the bottom: "step", "epoch", or "report" where nothing that grows was reported. */
  x: string;
  xs: number[];
  series: Series[];
}

const STEP = /^(step|epoch|batch|iteration)$/;
const TABLE_ROWS = 12;

export function drawable(curve: Curve): Drawable {
  const names = Object.keys(curve.values);
  const step = names.find((name) => STEP.test(name)) ?? null;
  const counted = Array.from({ length: curve.length }, (_, i) => i + 1);
  const told = step ? (curve.values[step] ?? []).map((value, i) => value ?? i) : counted;
  const grows = told.every((value, i) => i === 0 || value > (told[i - 1] ?? 0));
  const series = names.filter((name) => name !== step).map((name) => ({ name, values: curve.values[name] ?? [] }));
  return { x: step && grows ? step : "report", xs: grows ? told : counted, series };
}

/** Without the noise of single batches: each point leans on those before it, the first ones not on nothing. */
export function smoothed(values: (number | null)[], weight = 0.85): (number | null)[] {
  let sum = 0;
  let share = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = weight * sum + (1 - weight) * value;
    share = weight * share + (1 - weight);
    return sum / share;
  });
}

/** A logarithm has no place for these; a gap says so. */
export const positive = (values: (number | null)[]): (number | null)[] => values.map((value) => (value !== null && value > 0 ? value : null));

export const short = (value: number): string => String(Number(value.toPrecision(3)));

function told({ name, values }: Series, { x, xs }: Drawable): string {
  const points = values.flatMap((value, i) => (value === null ? [] : [{ value, at: xs[i] ?? 0 }]));
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return `${name}: nothing yet`;
  if (points.length === 1) return `${name}: ${short(first.value)}`;
  const low = points.reduce((a, b) => (b.value < a.value ? b : a));
  const high = points.reduce((a, b) => (b.value > a.value ? b : a));
  const range = low.value === high.value ? "never moved" : `lowest ${short(low.value)} at ${x} ${low.at}, highest ${short(high.value)} at ${x} ${high.at}`;
  return `${name}: from ${short(first.value)} to ${short(last.value)}, ${range}`;
}

/** The chart in words, one sentence for each series. */
export function curveWords(shown: Drawable): string[] {
  return shown.series.map((one) => `${told(one, shown)}.`);
}

/** Some rows of the numbers, evenly chosen, always with the first and the last. */
export function tableRows({ xs, series }: Drawable): (number | null)[][] {
  const count = Math.min(xs.length, TABLE_ROWS);
  const chosen = Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * (xs.length - 1)) / (count - 1))));
  return chosen.map((at) => [xs[at] ?? null, ...series.map((one) => one.values[at] ?? null)]);
}
