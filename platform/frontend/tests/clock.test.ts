import assert from "node:assert/strict";
import { test } from "node:test";
import { remaining } from "../src/clock";

test("what is left is written as a clock, and never below nothing", () => {
  const written = [3599.2, 3600, 3723, 545, 8.1, 0, -4].map(remaining);
  assert.deepEqual(written, ["1:00:00", "1:00:00", "1:02:03", "9:05", "0:09", "0:00", "0:00"]);
});
