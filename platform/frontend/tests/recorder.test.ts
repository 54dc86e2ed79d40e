import assert from "node:assert/strict";
import { test } from "node:test";
import { ChangeSet, EditorState, Text, type ChangeSpec } from "@codemirror/state";
import { broughtIn, cut, inPieces, putting, type Changes } from "../src/pieces";
import { leftOver, Unsent } from "../src/unsent";

// Line feeds and carriage returns of all kinds, characters of one and of two code units, halves of them, and nothing.
const TEXTS = ["", "x", "def f(x):\n    return x\n", "a\r\nb\r\n", "\r", "\n\n", "😀", "🏳️‍🌈", "\ud83d", "\ude00", "é\u2028ü", "\0", "\t", "日本語\n"];

/** Numbers that are as good as random and the same each time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

function someChange(length: number, roll: (sides: number) => number): ChangeSpec {
  const from = roll(length + 1);
  const to = Math.min(length, from + (roll(3) ? roll(4) : roll(40)));
  const insert = Array.from({ length: roll(4) }, () => TEXTS[roll(TEXTS.length)]).join("");
  return { from, to, insert };
}

/** Up to three changes that don't touch one another. */
function someChanges(length: number, roll: (sides: number) => number): ChangeSpec[] {
  if (roll(20) === 0) return [{ from: 0, to: length, insert: "" }];
  const third = Math.floor(length / 3);
  const [first, ...others] = [0, 1, 2].map((at) => ({ ...(someChange(third, roll) as { from: number; to: number; insert: string }), at }));
  const all = roll(4) || !first ? [first ?? { from: 0, to: 0, insert: "", at: 0 }] : [first, ...others];
  return all.map(({ from, to, insert, at }) => ({ from: from + at * third, to: to + at * third, insert }));
}

const sent = (changes: Changes): Changes => JSON.parse(JSON.stringify(changes)) as Changes;

test("what real change sets say in JSON makes the same text again", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const roll = dice(seed);
    let state = EditorState.create({ doc: seed % 2 ? "" : "import tensorflow as tf\n😀\n" });
    let replayed: Text = Text.of(state.doc.toJSON());
    for (let step = 0; step < 300; step += 1) {
      const transaction = state.update({ changes: someChanges(state.doc.length, roll) });
      state = transaction.state;
      replayed = ChangeSet.fromJSON(sent(transaction.changes.toJSON() as Changes)).apply(replayed);
    }
    assert.equal(replayed.toString(), state.doc.toString());
  }
});

test("a change set in pieces makes the same text", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const roll = dice(seed);
    let state = EditorState.create({ doc: "one\ntwo\n" });
    let replayed: Text = state.doc;
    for (let step = 0; step < 100; step += 1) {
      const transaction = state.update({ changes: someChanges(state.doc.length, roll) });
      state = transaction.state;
      const pieces = inPieces(transaction.changes.toJSON() as Changes, 3);
      for (const piece of pieces) {
        assert.ok(pieces.length === 1 || broughtIn(piece) <= 3);
        replayed = ChangeSet.fromJSON(sent(piece)).apply(replayed);
      }
      assert.equal(replayed.toString(), state.doc.toString());
    }
  }
});

test("what is small stays whole, and what is large is cut between characters", () => {
  const small: Changes = [3, [1, "a", "b"]];
  assert.deepEqual(inPieces(small), [small]);
  assert.deepEqual(cut("a😀b", 2), ["a", "😀", "b"]);
  assert.deepEqual(cut("", 2), []);
  assert.deepEqual(putting("x\ny", 0, 2), [[0, "x", "y"], 2]);
  const large = inPieces([[0, "é".repeat(40_000)], 2]);
  assert.equal(large.length, 3);
  for (const piece of large) assert.ok(new TextEncoder().encode(JSON.stringify(piece)).length < 50_000);
});

/** A storage as browsers have it; full after so many characters. */
function storage(most = Infinity): Storage {
  const kept: Record<string, string> = {};
  const methods = {
    getItem: (key: string) => kept[key] ?? null,
    removeItem: (key: string) => void delete kept[key],
    setItem: (key: string, value: string) => {
      if (JSON.stringify(kept).length + key.length + value.length > most) throw new Error("full");
      kept[key] = value;
    },
  };
  // Object.keys of a storage are its keys, in the order of their letters.
  return new Proxy(methods as unknown as Storage, {
    ownKeys: () => Object.keys(kept).sort(),
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
}

const edit = (sequence: number, text = "x"): { sequence: number; t: number; kind: "edit"; changes: Changes } => ({ sequence, t: 5, kind: "edit", changes: [[0, text]] });
const URL_HERE = "/sitting/one/timeline/";
const numbers = (unsent: Unsent | undefined): number[] => (unsent?.batch() ?? []).map((entry) => entry.sequence);

test("what is not confirmed is found by the next page, page by page", () => {
  globalThis.localStorage = storage();
  const a = new Unsent(URL_HERE, "layers", "page-a");
  const b = new Unsent(URL_HERE, "loops", "page-b");
  for (const sequence of [1, 2, 10, 11]) a.add(edit(sequence));
  b.add(edit(1));
  new Unsent("/sitting/two/timeline/", "layers", "page-c").add(edit(1));
  localStorage.setItem(`gradetape:timeline:${URL_HERE} layers page-d 1`, "{broken");
  localStorage.setItem("gradetape:draft:1", "stays");
  a.drop(2);
  const found = leftOver(URL_HERE).sort((one, two) => (one.page < two.page ? -1 : 1));
  assert.deepEqual(found.map((one) => [one.page, one.task]), [["page-a", "layers"], ["page-b", "loops"]]);
  assert.deepEqual(numbers(found[0]), [2]); // what follows a hole goes in a batch of its own
  assert.deepEqual(numbers(found[1]), [1]);
  for (const one of found) one.discard();
  assert.deepEqual(Object.keys(localStorage), ["gradetape:draft:1"]);
});

test("a batch is as large as a closing page may send, and never empty", () => {
  globalThis.localStorage = storage();
  const unsent = new Unsent(URL_HERE, "layers", "page");
  for (let sequence = 1; sequence <= 30; sequence += 1) unsent.add(edit(sequence, "é".repeat(sequence === 1 ? 60_000 : 2_000)));
  assert.deepEqual(numbers(unsent), [1]);
  unsent.drop(2);
  assert.deepEqual(numbers(unsent), Array.from({ length: 12 }, (_, index) => index + 2));
  assert.ok(new TextEncoder().encode(JSON.stringify(unsent.batch())).length < 50_000);
});

test("what does not fit into this browser's storage is still sent", () => {
  for (const full of [storage(300), storage()]) {
    globalThis.localStorage = full;
    const unsent = new Unsent(URL_HERE, "layers", "page");
    for (let sequence = 1; sequence <= 100; sequence += 1) unsent.add(edit(sequence, "x".repeat(20_000)));
    assert.ok(Object.keys(localStorage).length < 80);
    let count = 0;
    while (!unsent.empty) {
      const batch = numbers(unsent);
      count += batch.length;
      unsent.drop((batch.at(-1) ?? 0) + 1);
    }
    assert.equal(count, 100);
    assert.deepEqual(Object.keys(localStorage), []);
  }
});
