import assert from "node:assert/strict";
import { test } from "node:test";
import { withAside } from "../src/aside";
import { Names, named } from "../src/names";
import { classAround, importsOf, pathOf } from "../src/outline";
import { settingsOf, USUAL } from "../src/settings";

const FILE = {
  aliases: { "tensorflow.keras": "keras" },
  names: {
    tensorflow: ["mkeras", "fmatmul(a, b)", "vfloat32"], keras: ["mlayers", "cModel()"],
    "keras.layers": ["cDense(units, activation=None)", "cLayer()", "fadd(inputs)"],
    "keras.layers.Layer": ["fadd_weight(shape=None)"], "keras.Model": ["ffit(x=None)"],
  },
};
const names = new Names(FILE);
const listed = (path: string): string[] | undefined => names.of(path)?.map((one) => one.name);

test("a name says its kind and its arguments", () => {
  assert.deepEqual(named("cDense(units, activation=None)"), { name: "Dense", kind: "class", signature: "(units, activation=None)" });
  assert.deepEqual(named("vfloat32"), { name: "float32", kind: "value", signature: "" });
});

test("a module is found under each of its names", () => {
  assert.deepEqual(listed("tensorflow.keras.layers"), ["Dense", "Layer", "add"]);
  assert.deepEqual(listed("tensorflow.keras"), ["layers", "Model"]);
  assert.equal(names.of("tensorflow.kerasy"), null);
});

test("a class without a list of its own has what its kin have", () => {
  assert.deepEqual(listed("tensorflow.keras.layers.Dense"), ["add_weight"]);
  assert.deepEqual(listed("keras.models.Model"), ["fit"]);
  assert.equal(names.of("keras.layers.add"), null);
  assert.equal(names.of("tensorflow.matmul"), null);
});

test("imports are read in all their forms", () => {
  const imports = importsOf("import tensorflow as T, os\nfrom keras import layers\nfrom tensorflow.keras import (\n    models as m,\n    losses,\n)\nimport keras.ops\n    # import nothing\n");
  assert.equal(pathOf("T.nn", imports), "tensorflow.nn");
  assert.equal(pathOf("layers.Dense", imports), "keras.layers.Dense");
  assert.equal(pathOf("m", imports), "tensorflow.keras.models");
  assert.equal(pathOf("losses", imports), "tensorflow.keras.losses");
  assert.equal(pathOf("keras.ops", imports), "keras.ops");
  assert.equal(pathOf("np", imports), "numpy");
  assert.equal(pathOf("nothing", imports), null);
});

const CODE = `import tensorflow as tf

def before(self):
    pass

class Mine(tf.keras.layers.Layer, Other):
    """What it is."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units: int = units

# a remark at the margin
    def call(self, inputs, training=False):
        if self.units == 3:
            self.

        return inputs

after = 1
`.split("\n");

test("the class around a line is found with what it defines", () => {
  const around = classAround(CODE, 15);
  assert.equal(around?.name, "Mine");
  assert.deepEqual(around?.bases, ["tf.keras.layers.Layer", "Other"]);
  assert.deepEqual(around?.members, [
    { name: "__init__", signature: "(units, **kwargs)" }, { name: "units", signature: "" }, { name: "call", signature: "(inputs, training=False)" },
  ]);
});

test("outside of every class there is none", () => {
  assert.equal(classAround(CODE, 3), null);
  assert.equal(classAround(CODE, 19), null);
});

test("settings that make no sense are as usual", () => {
  assert.deepEqual(settingsOf(null), USUAL);
  assert.deepEqual(settingsOf({ size: 99, keys: "ed", wrap: "yes", suggest: false }), { size: 24, keys: "usual", wrap: false, suggest: false });
  assert.equal(settingsOf({ size: NaN }).size, USUAL.size);
});

test("what is set aside is the newest of each window within its minute, and few", () => {
  const one = withAside([], { source: "a", at: 0, tab: "x" });
  const two = withAside(one, { source: "ab", at: 1000, tab: "x" });
  assert.deepEqual(two.map((each) => each.source), ["ab"]);
  const three = withAside(two, { source: "other", at: 2000, tab: "y" });
  assert.deepEqual(withAside(three, { source: "abc", at: 90_000, tab: "x" }).map((each) => each.source), ["abc", "other", "ab"]);
  let many = three;
  for (let i = 0; i < 30; i++) many = withAside(many, { source: `s${i}`, at: i * 100_000, tab: "z" });
  assert.equal(many.length, 10);
});
