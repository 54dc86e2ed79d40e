import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAnsi, settleLines } from "../src/ansi";
import { cut } from "../src/cutting";

test("colours become class names and text stays text", () => {
  assert.deepEqual(parseAnsi("a\x1b[1;31m<b>\x1b[0mc"), [
    { text: "a", classes: "" },
    { text: "<b>", classes: "ansi-fg-1 ansi-bold" },
    { text: "c", classes: "" },
  ]);
});

test("wide colours fall to the nearest of the theme", () => {
  assert.equal(parseAnsi("\x1b[38;5;196mx")[0]?.classes, "ansi-fg-1");
  assert.equal(parseAnsi("\x1b[38;2;20;220;30mx")[0]?.classes, "ansi-fg-2");
});

test("other sequences and controls vanish", () => {
  assert.deepEqual(parseAnsi("\x1b[2J\x1b]0;title\x07\x1b(Ba\x00b"), [{ text: "ab", classes: "" }]);
});

test("a progress bar leaves its last state", () => {
  assert.equal(settleLines("1/3\r2/3\r3/3\r\nabc\b\bX\n"), "3/3\naX\n");
});

test("long output keeps both ends", () => {
  const { head, tail, left } = cut(Array.from({ length: 1000 }, (_, i) => `${i}`).join("\n"));
  assert.equal(left, 640);
  assert.ok(head.startsWith("0\n") && tail.endsWith("\n999"));
});

test("a line without an end is shortened", () => {
  assert.match(cut("x".repeat(5000)).head, /3000 more characters\)$/);
});
