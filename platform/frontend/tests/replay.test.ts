import assert from "node:assert/strict";
import { test } from "node:test";
import { ChangeSet, Text } from "@codemirror/state";
import { difference } from "../src/codeView";
import { after, awaySpans, taskAt, Timeline, type Moment } from "../src/moments";
import { density, firstPassed, happenings, markFrom } from "../src/replayMarks";
import { advanced, elapsed, inWords, linkedAt, linkTo } from "../src/replayTime";
import { Tape } from "../src/tape";

const TITLES = new Map([["layer", "A layer"], ["metric", "A metric"]]);

function moment(n: number | null, at: number, kind: Moment["kind"], more: Partial<Moment> = {}): Moment {
  return { n, at, kind, task: "layer", page: "p", ...more };
}

function timelineOf(...moments: Moment[]): Timeline {
  const timeline = new Timeline();
  timeline.add(moments);
  return timeline;
}

/** The same numbers each time. */
function chances(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const LETTERS = ["a", "\n", "🐍", "\ud83d", "é", "def f():\n    pass\n", ""];

/** Random edits at two pages of two tasks, and what each task's text is after each of them. */
function randomSitting(count: number, seed: number): { steps: Moment[]; texts: Map<string, string>[] } {
  const chance = chances(seed);
  const pages = [{ page: "one", task: "layer" }, { page: "two", task: "metric" }, { page: "three", task: "layer" }];
  const now = new Map<string, Text>();
  const shown = new Map<string, string>();
  const steps: Moment[] = [];
  const texts: Map<string, string>[] = [];
  for (let n = 1; n <= count; n++) {
    const { page, task } = pages[chance(pages.length)] ?? pages[0]!;
    const text = now.get(page);
    if (!text || chance(200) === 0) {
      now.set(page, Text.of(["x = 1", ""]));
      steps.push(moment(n, n, "opened", { page, task, text: "x = 1\n" }));
    } else {
      const from = chance(text.length + 1);
      const insert = Text.of((LETTERS[chance(LETTERS.length)] ?? "").split("\n"));
      const changes = ChangeSet.of([{ from, to: Math.min(text.length, from + chance(6)), insert }], text.length);
      now.set(page, changes.apply(text));
      steps.push(moment(n, n, "edit", { page, task, changes: JSON.parse(JSON.stringify(changes.toJSON())) as unknown }));
    }
    shown.set(task, now.get(page)!.toString());
    texts.push(new Map(shown));
  }
  return { steps, texts };
}

test("seeking anywhere gives what folding from the beginning gives", () => {
  const { steps, texts } = randomSitting(3000, 7);
  const tape = new Tape(steps);
  const chance = chances(3);
  for (let i = 0; i < 600; i++) {
    const at = i % 3 ? chance(3000) + 1 : Math.min(3000, (i * 5) % 3000 || 1);
    for (const task of ["layer", "metric"]) assert.equal(tape.at(task, at).text.toString(), texts[at - 1]?.get(task) ?? "", `${task} at ${at}`);
  }
  assert.equal(tape.at("layer", 1e9).text.toString(), texts.at(-1)?.get("layer"));
  assert.equal(tape.at("layer", 0).text.length, 0);
  assert.equal(tape.at("nothing", 1e9).text.length, 0);
});

test("a tape grows while it is watched", () => {
  const { steps, texts } = randomSitting(900, 5);
  const grown: Moment[] = [];
  const tape = new Tape(grown);
  for (const [i, step] of steps.entries()) {
    grown.push(step);
    assert.equal(tape.at("layer", Infinity).text.toString(), texts[i]?.get("layer") ?? "");
  }
});

test("twenty thousand edits are at hand at once", () => {
  const { steps } = randomSitting(20000, 11);
  const tape = new Tape(steps);
  const begin = performance.now();
  tape.at("layer", Infinity);
  const folded = performance.now() - begin;
  const chance = chances(1);
  const times: number[] = [];
  for (let i = 0; i < 200; i++) {
    const from = performance.now();
    tape.at("layer", chance(20000));
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  console.log(`fold ${folded.toFixed(0)} ms, seek median ${times[100]?.toFixed(2)} ms, worst ${times[199]?.toFixed(2)} ms`);
  assert.ok((times[100] ?? Infinity) * 20 < folded, "a seek costs far less than folding all");
});

test("an edit that does not fit says so, and the next opening mends it", () => {
  const steps = [
    moment(1, 1, "opened", { text: "ab" }), moment(2, 2, "edit", { changes: [2, [0, "c"]] }), moment(3, 3, "edit", { changes: [9, [0, "d"]] }),
    moment(4, 4, "edit", { changes: [3, [0, "e"]] }), moment(5, 5, "opened", { page: "q", text: "new" }), moment(6, 6, "edit", { page: "q", changes: "no" }),
  ];
  const tape = new Tape(steps);
  const seen = [1, 2, 3, 4, 5, 6].map((at) => [tape.at("layer", at).text.toString(), tape.at("layer", at).isBroken]);
  assert.deepEqual(seen, [["ab", false], ["abc", false], ["abc", true], ["abc", true], ["new", false], ["new", true]]);
});

test("the place of a change is where it ended", () => {
  const tape = new Tape([moment(1, 1, "opened", { text: "abc\ndef" }), moment(2, 2, "edit", { changes: [4, [1, "xy"], 2] }), moment(3, 3, "edit", { changes: [[3], 5] })]);
  assert.deepEqual([1, 2, 3].map((at) => tape.at("layer", at).place), [null, 6, 0]);
});

test("a single edit is a whole sitting", () => {
  const tape = new Tape([moment(1, 0, "opened", { text: "" }), moment(2, 5, "edit", { changes: [[0, "x"]] })]);
  assert.deepEqual([0, 4.9, 5, 9].map((at) => tape.at("layer", at).text.toString()), ["", "", "x", "x"]);
});

test("what is told twice is taken once, and by time", () => {
  const sent = moment(2, 2, "sent", { submission: "s", sent: "submit" });
  const verdict = moment(null, 4, "verdict", { submission: "s", verdict: "partial" });
  const timeline = timelineOf(moment(1, 1, "opened"), sent, moment(3, 5, "left"));
  assert.ok(timeline.add([verdict]));
  assert.ok(!timeline.add([sent, verdict, { ...sent, n: null }]));
  assert.deepEqual(timeline.events.map((one) => one.kind), ["opened", "sent", "verdict", "left"]);
  assert.equal(timeline.last, 3);
});

test("typing alone is no event, a paste is one", () => {
  const timeline = timelineOf(moment(1, 1, "opened"), moment(2, 2, "edit"), moment(3, 3, "edit", { pasted: 120 }));
  assert.deepEqual(timeline.events.map((one) => one.n), [1, 3]);
  assert.deepEqual(timeline.steps.map((one) => one.n), [1, 2, 3]);
});

test("how many are not after a moment", () => {
  const list = [1, 2, 2, 3].map((at) => ({ at }));
  assert.deepEqual([0, 1, 2, 2.5, 9].map((at) => after(list, at)), [0, 1, 3, 3, 4]);
});

test("away is from leaving to whatever comes next, and going to another task is none", () => {
  const timeline = timelineOf(
    moment(1, 0, "opened"), moment(2, 10, "left"), moment(3, 40, "returned"), moment(4, 50, "left"), moment(5, 50.4, "opened", { page: "q", task: "metric" }),
    moment(6, 60, "left", { page: "q" }), moment(7, 63, "edit"), moment(8, 70, "left"), moment(9, 71, "left", { page: "q" }),
  );
  const spans = awaySpans(timeline, 100).map(({ from, to, isOpen }) => [from, to, isOpen]);
  assert.deepEqual(spans, [[10, 40, false], [60, 63, false], [70, 100, true]]);
});

test("the candidate is where they typed last", () => {
  const timeline = timelineOf(moment(1, 0, "opened"), moment(2, 10, "opened", { page: "q", task: "metric" }), moment(3, 20, "edit"));
  assert.deepEqual([-1, 5, 15, 25].map((at) => taskAt(timeline, at)), [null, "layer", "metric", "layer"]);
  assert.equal(taskAt(timelineOf(moment(null, 3, "sent", { submission: "s", task: "metric" })), 4), "metric");
});

test("time goes at its speed, stops at the end, and leaves idle stretches out", () => {
  const stops = [0, 1, 100, 101, 500];
  assert.equal(advanced(1, 2, stops, 600, false), 3);
  assert.equal(advanced(599, 5, stops, 600, false), 600);
  assert.equal(advanced(1, 0.2, stops, 600, true), 1.2, "what just happened is seen for a moment");
  assert.equal(advanced(2.4, 0.2, stops, 600, true), 98.5, "then it goes to shortly before what comes next");
  assert.equal(advanced(98.5, 0.2, stops, 600, true), 98.7, "and on from there as usual");
  assert.equal(advanced(100, 0.2, stops, 600, true), 100.2);
  assert.equal(advanced(510, 1, stops, 600, true), 598.5, "after the last only the end is left");
  assert.equal(advanced(98.4, 16, stops, 600, true), 114.4, "it never goes back");
});

test("marks carry what came of a submission", () => {
  const timeline = timelineOf(
    moment(1, 1, "opened"), moment(2, 2, "sent", { submission: "r", sent: "run" }), moment(3, 3, "sent", { submission: "s", sent: "submit" }),
    moment(null, 4, "verdict", { submission: "s", sent: "submit", verdict: "accepted", passed: 3, total: 3, first_passed: true }),
    moment(4, 5, "edit", { pasted: 1 }), moment(5, 6, "sent", { submission: "h", sent: "submit", handed_in: true }), moment(6, 7, "opened", { task: "metric" }),
  );
  const rows = happenings(timeline, 10, TITLES);
  assert.deepEqual(rows.map((row) => row.text), ["Opened A layer", "Ran the samples", "Submitted", "Accepted: 3 of 3 cases pass", "Pasted 1 character", "Handed in at the end", "Opened A metric"]);
  const submitted = rows[2];
  assert.deepEqual([submitted?.sign, submitted?.tone, submitted?.icon], ["●", "passed", "check"]);
  assert.deepEqual([rows[5]?.tone, rows[5]?.icon], ["running", "circle-dashed"]);
  assert.deepEqual([markFrom(rows, 0, 1), markFrom(rows, 2, 1), markFrom(rows, 5, -1), markFrom(rows, 2, -1), markFrom(rows, 6, 1)], [2, 3, 3, null, null]);
  assert.equal(firstPassed(timeline, "layer")?.at, 4);
  assert.equal(firstPassed(timelineOf(), null), null);
});

test("density counts edits and nothing else", () => {
  const steps = [moment(1, 0, "opened"), moment(2, 1, "edit"), ...[5, 5, 5, 5].map((at, i) => moment(3 + i, at, "edit"))];
  assert.deepEqual(density(steps, 10, 2), [0.5, 1]);
  assert.deepEqual(density([moment(1, 10, "edit")], 10, 2), [0, 1]);
  assert.deepEqual(density([], 0, 2), [0, 0]);
});

test("a difference is one change, and no more than it has to be", () => {
  for (const [before, now] of [["abc", "abxc"], ["aaa", "aa"], ["", "x"], ["x", ""], ["abc", "xyz"], ["aXa", "aXaXa"]] as const) {
    const found = difference(before, now);
    assert.ok(found);
    assert.equal(before.slice(0, found.from) + found.insert + before.slice(found.to), now);
  }
  assert.equal(difference("same", "same"), null);
  assert.deepEqual(difference("abc", "abxc"), { from: 2, to: 2, insert: "x" });
});

test("times are written as people read them, and links lead back to them", () => {
  assert.deepEqual([0, 9.9, 65, 3723].map(elapsed), ["0:00", "0:09", "1:05", "1:02:03"]);
  assert.deepEqual([0, 9, 60, 65, 3723].map(inWords), ["0 s", "9 s", "1 min", "1 min 5 s", "1 h 2 min"]);
  const link = linkTo("https://here.example/replay/?at=1&x=2#y", 754.23, "layer");
  assert.equal(link, "https://here.example/replay/?at=754.2&task=layer");
  assert.deepEqual(linkedAt(new URL(link).search), { at: 754.2, task: "layer" });
  assert.deepEqual([linkedAt(""), linkedAt("?at="), linkedAt("?at=x"), linkedAt("?at=-5")], [null, null, null, { at: 0, task: null }]);
});
