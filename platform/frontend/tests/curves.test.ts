import assert from "node:assert/strict";
import { test } from "node:test";
import { curveWords, drawable, positive, smoothed, tableRows } from "../src/curves";

const CURVE = { length: 4, values: { step: [10, 20, 30, 40], loss: [2, 1, null, 0.5], rate: [0.1, 0.1, 0.1, 0.1] } };

test("a step that grows runs along the bottom, and all else is drawn", () => {
  const shown = drawable(CURVE);
  assert.deepEqual([shown.x, shown.xs, shown.series.map((one) => one.name)], ["step", [10, 20, 30, 40], ["loss", "rate"]]);
  const restarted = drawable({ length: 3, values: { epoch: [0, 1, 0], loss: [1, 2, 3] } });
  assert.deepEqual([restarted.x, restarted.xs], ["report", [1, 2, 3]]);
  assert.deepEqual(drawable({ length: 2, values: { loss: [1, 2] } }).xs, [1, 2]);
});

test("each series is told in a sentence", () => {
  assert.deepEqual(curveWords(drawable(CURVE)), [
    "loss: from 2 to 0.5, lowest 0.5 at step 40, highest 2 at step 10.",
    "rate: from 0.1 to 0.1, never moved.",
  ]);
  assert.deepEqual(curveWords(drawable({ length: 1, values: { loss: [3], late: [null] } })), ["loss: 3.", "late: nothing yet."]);
});

test("smoothing starts at the first value, keeps gaps and calms what jumps", () => {
  const calm = smoothed([1, null, 9, 1, 9, 1]);
  assert.equal(calm[0], 1);
  assert.equal(calm[1], null);
  assert.ok(calm.slice(2).every((value) => value !== null && value > 1 && value < 9));
  assert.ok(smoothed([4, 4, 4]).every((value) => Math.abs((value ?? 0) - 4) < 1e-9));
});

test("a logarithm leaves out what has none", () => {
  assert.deepEqual(positive([1, 0, -2, null, 3]), [1, null, null, null, 3]);
});

test("the table has a dozen rows at the most, with the first and the last", () => {
  const long = drawable({ length: 500, values: { loss: Array.from({ length: 500 }, (_, i) => i) } });
  const rows = tableRows(long);
  assert.equal(rows.length, 12);
  assert.deepEqual([rows[0], rows.at(-1)], [[1, 0], [500, 499]]);
  assert.deepEqual(tableRows(drawable({ length: 1, values: { loss: [3] } })), [[1, 3]]);
});
