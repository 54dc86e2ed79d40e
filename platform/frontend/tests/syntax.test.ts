import assert from "node:assert/strict";
import { test } from "node:test";
import { pythonLanguage } from "@codemirror/lang-python";
import { Text } from "@codemirror/state";
import { syntaxFaults } from "../src/syntax";

function faults(source: string): string[] {
  const doc = Text.of(source.split("\n"));
  return syntaxFaults(pythonLanguage.parser.parse(source), doc).map((one) => `${doc.lineAt(one.from).number}: ${one.message}`);
}

const BAD: [string, string][] = [
  ["x = foo(1,\ny = 2\n", "1: '(' was never closed"],
  ["x = [1, 2\n", "1: '[' was never closed"],
  ["x = (1))\n", "1: ')' closes nothing"],
  ["x = (1]\n", "1: ']' does not close '('"],
  ["def f(x)\n    return x\n", "1: A ':' is expected at the end of this line"],
  ["if x > 1\n    y = 2\n", "1: A ':' is expected at the end of this line"],
  ["for i in range(3)  # why\n    print(i)\n", "1: A ':' is expected at the end of this line"],
  ["def f():\nx = 1\n", "1: An indented block is expected after this line"],
  ["def f():  # nothing yet\n", "1: An indented block is expected after this line"],
  ["if x = 1:\n    pass\n", "1: '=' sets a name; to compare, write '=='"],
  ["x = 1 +\ny = 2\n", "1: Something is missing after '+'"],
  ["return self.\n", "1: A name is expected after '.'"],
  ["x = a b\n", "1: 'b' is not expected here"],
  ["else:\n    x\n", "1: 'else' is not expected here"],
  ["x = 'abc\ny = 2\n", "1: This string was never closed"],
  ['x = """abc\ny = 2\n', "1: This string was never closed"],
  ["x = 1\n    y = 2\nz = 3\n", "2: This line is indented more than its block"],
  ["if x:\n        y = 1\n    z = 2\n", "3: This indentation matches no block around it"],
  ["class A(:\n    pass\n", "1: '(' was never closed"],
];

for (const [source, wanted] of BAD) test(`a fault is told: ${JSON.stringify(source)}`, () => assert.equal(faults(source)[0], wanted));

const GOOD = [
  "", "\n\n", "x = 1\n", "def f[T](x: T) -> T:\n    return x\n", "type X = int\n", "try:\n    pass\nexcept* ValueError:\n    pass\n",
  "x = f'{a!r:>{w}} {d[\"k\"]}'\n", "with (open(a) as f, open(b) as g):\n    pass\n", "with strategy() as (a, b):\n    pass\n",
  "match x:\n    case ast.BinOp(): pass\n    case {'a': b}: pass\n    case _: pass\n", "def f():\n    yield\n", "x = 20. * 3.\n",
  "rows = [row for *_, row in found]\n", "if (n := 10) > 5: pass\n", "x[..., 1:2, ::-1] @ y\n", "a = 1; b = 2\n", "x = 1 + \\\n    2\n",
  "async def f():\n    async with a as b, c:\n        await d\n", "if x:\n    # a remark\n    y = 1\n# another\n    z = 2\n",
  "def f():\n\tx = 1\n\treturn x\n", "x = (1,\n  2)\n", "s = rb'\\x00' + b\"\" + R'''a\nb'''\n", "@tf.function(reduce_retracing=True)\ndef f(x): return x\n",
];

for (const source of GOOD) test(`sound code is left alone: ${JSON.stringify(source)}`, () => assert.deepEqual(faults(source), []));

test("a line is complained of once, and few lines are", () => {
  assert.equal(faults("x = a b c d e\n").length, 1);
  assert.ok(faults("x = a b\n".repeat(50)).length <= 5);
});

test("behind a bracket that was never closed nothing else is said", () => {
  assert.equal(faults("x = foo(1,\ny = a b\nz = c d\n").length, 1);
});

test("every fault lies within the text and on one line", () => {
  for (const source of ["(", "x = (", "def", "class", ".", "x =", "'", '"""', "\\", "if", "if x:\n", "@", "f'{", "\u0000", "  x", "x\n\n\n  "]) {
    const doc = Text.of(source.split("\n"));
    for (const { from, to } of syntaxFaults(pythonLanguage.parser.parse(source), doc)) {
      assert.ok(0 <= from && from <= to && to <= doc.length, source);
      assert.equal(doc.lineAt(from).number, doc.lineAt(to).number, source);
    }
  }
});

test("a file of 64 KiB costs its length and no more", () => {
  const part = "class Layer(tf.keras.layers.Layer):\n    def call(self, x):\n        return tf.matmul(x, self.kernel) + [1, 2\n\n";
  const counted = (times: number): number => {
    let read = 0;
    const source = part.repeat(times);
    const doc = Text.of(source.split("\n"));
    const tree = pythonLanguage.parser.parse(source);
    syntaxFaults(tree, { length: doc.length, sliceString: (from, to) => ((read += to - from), doc.sliceString(from, to)), lineAt: (pos) => ((read += 1), doc.lineAt(pos)) });
    return read;
  };
  assert.ok(counted(600) < 12 * counted(60));
});
