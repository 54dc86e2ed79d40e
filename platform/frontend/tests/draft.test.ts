import assert from "node:assert/strict";
import { test } from "node:test";
import { opening, parseLocal } from "../src/opening";

const server = { source: "saved", revision: 3, saved_at: null };

test("without a local copy the server's text opens", () => {
  assert.deepEqual(opening(server, null), { kind: "server", source: "saved" });
  assert.deepEqual(opening(server, { source: "saved", revision: 1 }), { kind: "server", source: "saved" });
});

test("what could not be saved comes back", () => {
  assert.deepEqual(opening(server, { source: "typed", revision: 3 }), { kind: "local", source: "typed" });
});

test("a text that changed in both places is a conflict", () => {
  assert.equal(opening(server, { source: "typed", revision: 2 }).kind, "conflict");
});

test("a page that is older than what this browser saved opens with what was saved", () => {
  const ahead = { source: "typed", revision: 4, saved: true };
  assert.deepEqual(opening(server, ahead), { kind: "ahead", source: "typed", revision: 4 });
});

test("what was saved here and changed elsewhere since is the server's", () => {
  for (const revision of [2, 3]) {
    assert.deepEqual(opening(server, { source: "typed", revision, saved: true }), { kind: "server", source: "saved" });
  }
});

test("a broken local copy is no copy", () => {
  for (const text of [null, "", "{", "[]", '{"source": 3, "revision": 1}']) assert.equal(parseLocal(text), null);
});
