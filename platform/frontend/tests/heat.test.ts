import assert from "node:assert/strict";
import { test } from "node:test";
import type { Grid } from "../src/events";
import { heatWords, largest, level, span } from "../src/heatWords";

/** A map with a square for each value. */
function grid(values: (number | null)[][]): Grid {
  const columns = values[0]?.length ?? 0;
  return { shape: [values.length, columns], rows: values.map((_, i) => i), columns: Array.from({ length: columns }, (_, i) => i), values };
}

test("the words say where the wrong values lie", () => {
  assert.match(heatWords(grid([[1, 2], [3, 4]])), /^Every value is off\. The most: 4 in row 1, column 1\.$/);
  assert.match(heatWords(grid([[0, 0], [0, 0.5]])), /^Only row 1, column 1 is off\./);
  assert.match(heatWords(grid([[0, 0, 0], [1, 2, 1]])), /^Only row 1 is off\./);
  assert.match(heatWords(grid([[0, 3], [0, 1]])), /^Only column 1 is off\./);
  assert.match(heatWords(grid([[1, 0, 0], [0, 1, 0], [0, 0, 2]])), /^Only the diagonal is off\./);
  assert.match(heatWords(grid([[0, 1, 1], [1, 0, 1], [1, 1, 0]])), /^All but the diagonal is off\./);
  assert.match(heatWords(grid([[0, 1, 1], [0, 0, 2], [0, 0, 0]])), /above the diagonal/);
  assert.match(heatWords(grid([[0, 0, 0], [1, 0, 0], [2, 1, 0]])), /below the diagonal/);
  assert.match(heatWords(grid([[0, 1, 0], [1, 0, 1]])), /^3 of 6 values are off\./);
});

test("a block names what it covers", () => {
  assert.equal(span([0, 6, 12], 1, 20, "row"), "rows 6 to 11");
  assert.equal(span([0, 6, 12], 2, 20, "column"), "columns 12 to 19");
  const blocks: Grid = { shape: [4, 1], rows: [0, 2], columns: [0], values: [[0], [0.25]] };
  assert.equal(heatWords(blocks), "Only rows 2 to 3, column 0 has values that are off. The most: 0.25 in rows 2 to 3, column 0.");
});

test("what is not finite is further off than any number", () => {
  assert.deepEqual(largest(grid([[7, null], [9, 1]])), { row: 0, column: 1, value: null });
  assert.match(heatWords(grid([[0, null]])), /The most: not finite/);
});

test("the least difference is still to be seen and what agrees is not", () => {
  assert.deepEqual([level(0, 5), level(1e-9, 5), level(5, 5), level(2.5, 5), level(null, null), level(3, null)], [0, 1, 5, 3, 5, 5]);
});
