// What a map of differences shows, in words: where the wrong values lie often says what went wrong. Pure.
import type { Grid } from "./events";

interface Place {
  row: number;
  column: number;
}

export const number = (value: number | null): string => (value === null ? "not finite" : String(Number(value.toPrecision(3))));

/** "row 4" or "rows 4 to 7": what a block covers on one axis. */
export function span(starts: number[], block: number, length: number, axis: "row" | "column"): string {
  const first = starts[block] ?? 0;
  const last = (starts[block + 1] ?? length) - 1;
  return first === last ? `${axis} ${first}` : `${axis}s ${first} to ${last}`;
}

export function largest(grid: Grid): Place & { value: number | null } {
  let found: Place & { value: number | null } = { row: 0, column: 0, value: 0 };
  grid.values.forEach((cells, row) =>
    cells.forEach((value, column) => {
      if (found.value !== null && (value === null || value > found.value)) found = { row, column, value };
    }),
  );
  return found;
}

function pattern(grid: Grid, off: Place[], total: number): string {
  const [rows, columns] = [grid.rows.length, grid.columns.length];
  const unit = rows === grid.shape[0] && columns === grid.shape[1] ? "values" : "blocks";
  const first = off[0];
  if (!first) return "Nothing is off.";
  if (off.length === total) return unit === "values" ? "Every value is off." : "Values are off in every block.";
  const [row, column] = [span(grid.rows, first.row, grid.shape[0], "row"), span(grid.columns, first.column, grid.shape[1], "column")];
  if (off.length === 1) return `Only ${row}, ${column} ${unit === "values" ? "is" : "has values that are"} off.`;
  if (rows > 1 && off.every((one) => one.row === first.row)) return `Only ${row} ${row.startsWith("rows") ? "are" : "is"} off.`;
  if (columns > 1 && off.every((one) => one.column === first.column)) return `Only ${column} ${column.startsWith("columns") ? "are" : "is"} off.`;
  if (rows === columns && rows > 2) {
    if (off.every((one) => one.row === one.column)) return "Only the diagonal is off.";
    if (off.length === total - rows && off.every((one) => one.row !== one.column)) return "All but the diagonal is off.";
    if (off.every((one) => one.column > one.row)) return "Only what is above the diagonal is off.";
    if (off.every((one) => one.column < one.row)) return "Only what is below the diagonal is off.";
  }
  return unit === "values" ? `${off.length} of ${total} values are off.` : `Values are off in ${off.length} of ${total} blocks.`;
}

/** Two sentences that stand for the map. */
export function heatWords(grid: Grid): string {
  const off = grid.values.flatMap((cells, row) => cells.flatMap((value, column) => (value === 0 ? [] : [{ row, column }])));
  const total = grid.rows.length * grid.columns.length;
  const most = largest(grid);
  const place = `${span(grid.rows, most.row, grid.shape[0], "row")}, ${span(grid.columns, most.column, grid.shape[1], "column")}`;
  return `${pattern(grid, off, total)} The most: ${number(most.value)} in ${place}.`;
}

/** 0 for what agrees, 1 to 5 by how far it is off; the least difference is still to be seen. */
export function level(value: number | null, most: number | null): number {
  if (value === 0) return 0;
  if (value === null || !most) return 5;
  return Math.max(1, Math.ceil((5 * value) / most));
}
