// Writes change sets of the real CodeMirror for the tests of the Python side: `node changes.mjs`, after each new version of it.
import { EditorState } from "@codemirror/state";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("../../tests/platform/config/codemirror_changes.json", import.meta.url));
const TEXTS = ["", "x", "    ", "def f(x):\n    return x\n", "a\r\nb\r\n", "\r", "\n\n", "😀", "🏳️‍🌈", "\ud83d", "\ude00", "é\u2028ü", "\0", "\t", "日本語\n"];
const DOCS = ["", "import tensorflow as tf\n", "😀\r\n😀\r\n"];

let seed = 20261122;
function roll(sides) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * sides);
}

const someText = () => Array.from({ length: roll(4) }, () => TEXTS[roll(TEXTS.length)]).join("");

/** One to three places in the order of the text, as several cursors change it. */
function someChanges(length) {
  if (roll(60) === 0) return { from: 0, to: length, insert: someText() };
  const places = Array.from({ length: 2 * (1 + roll(3)) }, () => roll(length + 1)).sort((a, b) => a - b);
  const spans = places.filter((_, index) => index % 2 === 0).map((from, index) => ({ from, to: Math.min(places[2 * index + 1], from + roll(6)) }));
  const apart = spans.filter((span, index) => index === 0 || span.from > spans[index - 1].to);
  return apart.map((span) => ({ ...span, insert: someText() }));
}

const sessions = DOCS.map((doc) => {
  let state = EditorState.create({ doc });
  const changes = [];
  const first = state.doc.toString();
  for (let step = 0; step < 1200; step += 1) {
    const transaction = state.update({ changes: someChanges(state.doc.length) });
    changes.push(transaction.changes.toJSON());
    state = transaction.state;
  }
  return { doc: first, changes, text: state.doc.toString() };
});
const lines = sessions.map(({ doc, changes, text }) => `{"doc": ${JSON.stringify(doc)}, "text": ${JSON.stringify(text)},\n"changes": ${JSON.stringify(changes)}}`);
await writeFile(FILE, `[\n${lines.join(",\n")}\n]\n`);
