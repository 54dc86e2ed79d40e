import assert from "node:assert/strict";
import { test } from "node:test";
import { compareIds, storyEvent, type StoryEvent } from "../src/events";
import { IDLE, reduce, type Panel } from "../src/story";
import { percent, tell } from "../src/telling";

const LISTED = [
  { id: "forward", title: "Forward pass", points: 10, sample: true },
  { id: "config", title: "Config round trip", points: 30, sample: false },
];

function landed(id: string, outcome: string, earned: number): object {
  return { case: id, part: "layer", title: id, points: 10, earned, outcome, sample: false, seconds: null, hint: "h", message: null, difference: null };
}

function told(...events: [string, object][]): StoryEvent[] {
  return events.map(([type, data], i) => {
    const event = storyEvent(`5-${i}`, type, data);
    assert.ok(event);
    return event;
  });
}

const play = (events: StoryEvent[], from: Panel = IDLE): Panel => events.reduce(reduce, from);

const STORY = told(
  ["queued", { position: 2 }], ["started", {}], ["output", { stream: "stdout", text: "a", case: null }],
  ["output", { stream: "stdout", text: "b", case: null }], ["case_started", { case: "forward" }],
  ["progress", { case: "forward", values: { loss: 1 } }], ["progress", { case: "forward", values: { loss: 0.5, acc: 1 } }],
  ["case", landed("forward", "passed", 10)], ["case", landed("config", "failed", 0)],
  ["finished", { verdict: "partial", score: 25, passed: 1, total: 2, message: null, line: null }],
);

test("a whole story comes to the same state however often it is told", () => {
  const once = play(STORY);
  assert.deepEqual(play(STORY, once), once);
  assert.deepEqual(play([...STORY.slice(0, 6), ...STORY.slice(3)]), once);
});

test("output of one stream is joined and curves keep gaps", () => {
  const panel = play(STORY);
  assert.deepEqual(panel.output, [{ stream: "stdout", case: null, text: "ab" }]);
  assert.deepEqual(panel.curves["forward"], { length: 2, values: { loss: [1, 0.5], acc: [null, 1] } });
});

test("the server's word that output was cut stands alone, and its successors begin anew", () => {
  const printed = { stream: "stderr", case: "forward" };
  const panel = play(told(["output", { ...printed, text: "a" }], ["output", { ...printed, text: "Cut here", cut: true }], ["output", { ...printed, text: "b" }]));
  assert.deepEqual(panel.output, [{ ...printed, text: "a" }, { ...printed, text: "Cut here", cut: true }, { ...printed, text: "b" }]);
});

test("a restart empties the panel and says so", () => {
  const panel = play(told(["queued", {}], ["started", {}], ["case", landed("forward", "passed", 10)], ["restarted", {}]));
  assert.deepEqual(panel.cases, {});
  assert.equal(panel.phase, "queued");
  assert.match(tell(panel, LISTED, false).line, /starting over/);
});

test("the place in the queue has no id and never moves a running panel back", () => {
  const position = storyEvent("5-9", "position", { ahead: 3 });
  assert.ok(position);
  assert.equal(position.id, null);
  assert.equal(reduce(play(STORY.slice(0, 1)), position).ahead, 3);
  assert.equal(reduce(play(STORY.slice(0, 2)), position).phase, "loading");
});

test("ids are compared as numbers", () => {
  assert.ok(compareIds("1700000000000-10", "1700000000000-9") > 0);
  assert.equal(compareIds("3", "3"), 0);
});

test("the summary names the next case to look at", () => {
  const panel = play(STORY);
  const telling = tell(panel, LISTED, false);
  assert.equal(telling.head, "1 of 2 cases pass");
  assert.equal(telling.next?.title, "Config round trip");
  assert.equal(percent(panel, LISTED, false), 25);
  assert.equal(percent(panel, LISTED, true), 100);
});

test("a case runs until it has landed, also when the next one has begun", () => {
  const begun = play(told(["case_started", { case: "forward" }], ["case_started", { case: "config" }]));
  assert.deepEqual(begun.running, ["forward", "config"]);
  const landedOne = reduce(begun, { id: "6-1", type: "case", data: landed("forward", "passed", 10) } as StoryEvent);
  assert.deepEqual(landedOne.running, ["config"]);
});

test("an unknown event is left out", () => {
  assert.equal(storyEvent("1-1", "weather", {}), null);
});

test("in an interview a submission says no more than it was told", () => {
  const finished = (passed: number, total: number): Panel => ({
    ...IDLE,
    phase: "finished",
    finished: { verdict: "taken", score: 0, passed, total, message: null, line: null },
  });
  const samples = LISTED.slice(0, 1);
  assert.equal(tell(finished(1, 1), samples, false).head, "Submitted: 1 of 1 sample passes");
  assert.equal(tell(finished(3, 9), samples, false).head, "Submitted: 3 of 9 cases pass");
  assert.equal(percent(finished(3, 9), samples, false), null);
});
