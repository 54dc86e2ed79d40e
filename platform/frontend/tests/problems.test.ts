import assert from "node:assert/strict";
import { test } from "node:test";
import { Text } from "@codemirror/state";
import { counted, diagnosticOf, type Problem } from "../src/problems";

const doc = Text.of(["title = 1", "    hint = ", ""]);
const at = (line: number, column: number): Problem => ({ file: "challenge.toml", line, column, severity: "error", message: "Wrong." });

test("a problem is marked from its column to the end of its line", () => {
  const { from, to } = diagnosticOf(doc, at(1, 9));
  assert.deepEqual([from, to], [8, 9]);
});

test("the indent of a line is never marked", () => {
  assert.equal(diagnosticOf(doc, at(2, 1)).from, 14);
});

test("a place beyond the text is at its end", () => {
  for (const problem of [at(99, 1), at(1, 99), at(0, 0)]) {
    const { from, to } = diagnosticOf(doc, problem);
    assert.ok(from <= to && to <= doc.length);
  }
});

test("one is one, and others are many", () => {
  assert.deepEqual([counted(0, "error"), counted(1, "error"), counted(2, "error")], ["0 errors", "1 error", "2 errors"]);
});
