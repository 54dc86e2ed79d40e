import assert from "node:assert/strict";
import { test } from "node:test";
import { storyEvent } from "../src/events";
import { isReportable } from "../src/reporting";
import { IDLE, reduce, type Panel } from "../src/story";

const SENT = { url: "/submissions/1/", events_url: "", kind: "submit" } as const;

function panel(outcome: string, verdict = "partial"): Panel {
  const landed = { case: "one", part: "p", title: "One", points: 9, earned: 0, outcome, sample: false, seconds: null, hint: "h", message: null, difference: null };
  const finished = { verdict, score: 25, passed: 1, total: 2, message: null, line: null };
  const events = [storyEvent("1-1", "case", landed), storyEvent("1-2", "finished", finished)];
  return events.reduce((now, event) => (event ? reduce(now, event) : now), IDLE);
}

test("a failed case of a graded submission can be reported", () => {
  for (const outcome of ["failed", "error", "time_limit"]) assert.ok(isReportable(SENT, panel(outcome), "one"));
});

test("what passed, did not run or was our own fault can't", () => {
  for (const outcome of ["passed", "not_run", "judge_error"]) assert.ok(!isReportable(SENT, panel(outcome), "one"));
  assert.ok(!isReportable(SENT, panel("failed"), "two"));
  assert.ok(!isReportable(SENT, panel("failed", "judge_error"), "one"));
});

test("nor what is a run of the samples, not over, or not known to the server", () => {
  assert.ok(!isReportable({ ...SENT, kind: "run" }, panel("failed"), "one"));
  assert.ok(!isReportable(SENT, { ...panel("failed"), phase: "running" }, "one"));
  assert.ok(!isReportable({ ...SENT, url: "" }, panel("failed"), "one"));
});
