"""Makes a CustomDenseLayer work and writes down what it did.

"Filled" means: built by one call, then given random weights, so that no case but `weights` depends on initial values.
"""

import gc
import json

import numpy as np
import tensorflow as tf

from grader.probing import f32, probe, raised, scratch

WIDTH, UNITS = 3, 4


@tf.keras.utils.register_keras_serializable(package="probe")
def bent(x):
    """An activation that somebody else has registered."""
    return x * tf.sigmoid(2.0 * x)


def weights_for(rng, width=WIDTH, units=UNITS, use_bias=True):
    """Random values for a layer, in the order of `layer.weights`."""
    return [f32(rng, width, units), f32(rng, units)] if use_bias else [f32(rng, width, units)]


def filled(layer, x, values):
    """Build the layer by one call, then set its weights."""
    layer(x)
    layer.set_weights(values)
    return layer


def penalty(layer):
    """The sum of `layer.losses`, as a float."""
    return float(sum(float(loss) for loss in layer.losses))


def shapes(variables):
    """The shapes of variables, as lists of ints."""
    return [[int(size) for size in variable.shape] for variable in variables]


@probe("forward")
def forward(solution, rng):
    """The output is activation(x @ kernel + bias)."""
    x, values = f32(rng, 8, WIDTH), weights_for(rng)
    activations = {"none": None, "relu": "relu", "softmax": "softmax", "function": tf.nn.silu}
    return {
        name: filled(solution.CustomDenseLayer(UNITS, activation=activation), x, values)(x)
        for name, activation in activations.items()
    }


@probe("weights")
def weights(solution, rng):
    """Variables are made once, at the first call, and start as the contract says."""
    layer, x = solution.CustomDenseLayer(UNITS), f32(rng, 8, WIDTH)
    before = len(layer.weights)
    answered = [list(layer.compute_output_shape(shape)) for shape in ((None, 5, 3), (7, 3), (2, None, 6, 3))]
    after_shape = len(layer.weights)
    layer(x)
    first = list(layer.weights)
    layer(f32(rng, 5, WIDTH))
    frozen = solution.CustomDenseLayer(UNITS, trainable=False)
    frozen(x)
    bare = solution.CustomDenseLayer(UNITS, use_bias=False)
    bare(x)
    wide = [solution.CustomDenseLayer(40), solution.CustomDenseLayer(40)]
    for one in wide:
        one.build((None, 60))
    return {
        "before_first_call": before,
        "compute_output_shape": answered,
        "after_compute_output_shape": after_shape,
        "names": [variable.name for variable in first],
        "shapes": shapes(first),
        "trainable": len(layer.trainable_weights),
        "trainable_when_frozen": len(frozen.trainable_weights),
        "kept_when_frozen": len(frozen.weights),
        "same_after_second_call": [one is other for one, other in zip(first, layer.weights, strict=False)],
        "count_after_second_call": len(layer.weights),
        "without_bias": shapes(bare.weights),
        "initial_kernels": [kernel for one in wide for kernel in one.weights[:1]],
        "initial_biases": [bias for one in wide for bias in one.weights[1:]],
    }


def traced_loosely(layer, rank):
    """The layer in a function of TensorFlow that knows no size but the last one."""

    @tf.function(input_signature=[tf.TensorSpec((None,) * (rank - 1) + (WIDTH,))])
    def run(x):
        return layer(x)

    return run


@probe("any_rank")
def any_rank(solution, rng):
    """Only the last axis is contracted, whatever is known of the others."""
    values = weights_for(rng)

    def new(x, **kwargs):
        return filled(solution.CustomDenseLayer(UNITS, activation="tanh", **kwargs), x, values)

    cube, block = f32(rng, 2, 5, WIDTH), f32(rng, 2, 4, 5, WIDTH)
    whole = tf.constant(rng.integers(-4, 5, size=(6, WIDTH)), tf.int32)
    layer = new(cube)
    traced = {rank: traced_loosely(layer, rank) for rank in (3, 4)}
    inputs = tf.keras.Input((None, WIDTH))
    model = tf.keras.Model(inputs, layer(inputs))
    return {
        "rank_3": layer(cube),
        "rank_4": new(block)(block),
        "integers": new(whole)(whole),
        "integers_as_float64": new(whole, dtype="float64")(whole),
        "symbolic_shape": list(model.output_shape),
        "model": [model(f32(rng, 2, steps, WIDTH)) for steps in (1, 6)],
        "traced_rank_3": [traced[3](f32(rng, *size, WIDTH)) for size in ((2, 5), (3, 1))],
        "traced_rank_4": [traced[4](f32(rng, *size, WIDTH)) for size in ((2, 4, 5), (1, 3, 2))],
    }


@probe("gradients")
def gradients(solution, rng):
    """A tape sees input, kernel and bias, eagerly and in a traced function."""
    x, weight = tf.constant(f32(rng, 2, 5, WIDTH)), f32(rng, 2, 5, UNITS)
    layer = filled(solution.CustomDenseLayer(UNITS, activation="tanh"), x, weights_for(rng))

    def slopes():
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(layer(x) * weight)
        return tape.gradient(loss, [x, *layer.trainable_variables])

    names = ("input", "kernel", "bias")
    return {
        "eager": dict(zip(names, slopes(), strict=False)),
        "traced": dict(zip(names, tf.function(slopes)(), strict=False)),
    }


def trained(solution, rng):
    """Three epochs of gradient descent on two layers, each with a penalty of its own."""
    model = tf.keras.Sequential(
        [
            tf.keras.Input((WIDTH,)),
            solution.CustomDenseLayer(UNITS, activation="tanh", l2=0.05),
            solution.CustomDenseLayer(1, l2=0.2),
        ]
    )
    model.set_weights([*weights_for(rng), *weights_for(rng, UNITS, 1)])
    model.compile(tf.keras.optimizers.SGD(0.05), loss="mse", jit_compile=False)
    history = model.fit(f32(rng, 16, WIDTH), f32(rng, 16, 1), batch_size=8, epochs=3, shuffle=False, verbose=0)
    return {"losses": [float(loss) for loss in history.history["loss"]], "weights": model.get_weights()}


def called(layer, x, values, times=1):
    """Build the layer, set its weights, and only then call it."""
    layer.build(x.shape)
    layer.set_weights(values)
    for _ in range(times):
        layer(x)
    return layer


@probe("l2_penalty")
def l2_penalty(solution, rng):
    """losses sums to l2 * sum(kernel ** 2) however the layer is used."""
    x, values, new = f32(rng, 8, WIDTH), weights_for(rng), solution.CustomDenseLayer
    # The squares of such weights overflow float16, so the penalty has to be taken from the float32 variable.
    large = [np.float32(300.0) + 50.0 * values[0], values[1]]
    shared = filled(new(WIDTH, l2=0.1), x, weights_for(rng, WIDTH, WIDTH))
    inputs = tf.keras.Input((WIDTH,))
    twice = tf.keras.Model(inputs, shared(shared(inputs)))
    twice(x)
    return {
        "one_call": penalty(called(new(UNITS, l2=0.1), x, values)),
        "three_calls": penalty(called(new(UNITS, l2=0.1), x, values, times=3)),
        "switched_off": penalty(called(new(UNITS), x, values)),
        "frozen": penalty(called(new(UNITS, l2=0.1, trainable=False), x, values)),
        "shared_layer": penalty(twice),
        "mixed_precision": penalty(called(new(UNITS, l2=0.01, dtype="mixed_float16"), x, large)),
        "training": trained(solution, rng),
    }


def rebuilt(layer, x, values):
    """What is left of a layer after a trip through its configuration as JSON."""
    filled(layer, x, values)
    config = json.loads(json.dumps(layer.get_config()))
    copy = filled(type(layer).from_config(config), x, values)
    wanted = {"units", "activation", "use_bias", "l2", "name", "trainable", "dtype"}
    return {
        "output": copy(x),
        "penalty": penalty(copy),
        "name": copy.name,
        "trainable": bool(copy.trainable),
        "policy": copy.dtype_policy.name,
        "missing_keys": sorted(wanted - config.keys()),
        "units": int(config["units"]),
        "use_bias": bool(config["use_bias"]),
        "l2": float(config["l2"]),
    }


@probe("config")
def config(solution, rng):
    """from_config(get_config()) gives an equal layer, and the config is plain JSON."""
    x, values = f32(rng, 8, WIDTH), weights_for(rng)
    new = solution.CustomDenseLayer
    frozen = new(UNITS, l2=0.3, name="frozen", dtype="float64", trainable=False)
    model = tf.keras.Sequential([tf.keras.Input((WIDTH,)), new(UNITS, activation="relu"), new(2, use_bias=False)])
    return {
        "frozen": rebuilt(frozen, x, values),
        "elu": rebuilt(new(UNITS, activation="elu", use_bias=False, l2=0.03), x, values[:1]) | {"name": None},
        "registered": rebuilt(new(UNITS, activation=bent, l2=0.2, name="bent"), x, values),
        "clone": shapes(tf.keras.models.clone_model(model).weights),
    }


@probe("save_and_load")
def save_and_load(solution, rng):
    """A model comes back from its .keras file without custom_objects."""
    model = tf.keras.Sequential(
        [
            tf.keras.Input((5, WIDTH)),
            solution.CustomDenseLayer(UNITS, activation="relu", l2=0.1, name="first"),
            tf.keras.layers.Flatten(),
            solution.CustomDenseLayer(2, use_bias=False, l2=0.02, name="second"),
        ]
    )
    model.set_weights([*weights_for(rng), *weights_for(rng, 5 * UNITS, 2, use_bias=False)])
    model.compile("sgd", loss="mse", jit_compile=False)
    path = scratch() / "model.keras"
    model.save(path)
    tf.keras.backend.clear_session()
    loaded = tf.keras.models.load_model(path)
    layers = [loaded.layers[0], loaded.layers[-1]]
    return {
        "predictions": loaded(f32(rng, 8, 5, WIDTH)),
        "penalty": penalty(loaded),
        "names": [layer.name for layer in layers],
        "same_class": [type(layer) is solution.CustomDenseLayer for layer in layers],
    }


@probe("mixed_precision")
def mixed_precision(solution, rng):
    """Outputs have the compute dtype of the policy, variables its variable dtype."""
    x, values = f32(rng, 8, WIDTH), weights_for(rng)
    seen = {}
    for policy in ("mixed_float16", "float64"):
        layer = filled(solution.CustomDenseLayer(UNITS, activation="tanh", dtype=policy), x, values)
        seen[policy] = {
            "output": tf.function(lambda inputs, layer=layer: layer(inputs))(tf.constant(x)),
            "variables": [str(variable.dtype) for variable in layer.weights],
        }
    return seen


@probe("mask")
def mask(solution, rng):
    """Padding that the embedding masks is left out of the average."""
    layer = solution.CustomDenseLayer(UNITS, activation="tanh")
    model = tf.keras.Sequential(
        [
            tf.keras.Input((None,), dtype="int32"),
            tf.keras.layers.Embedding(10, WIDTH, mask_zero=True),
            layer,
            tf.keras.layers.GlobalAveragePooling1D(),
        ]
    )
    model.set_weights([f32(rng, 10, WIDTH), *weights_for(rng)])
    tokens = rng.integers(1, 10, size=(4, 3))
    padded = np.concatenate([tokens, np.zeros((4, 5), tokens.dtype)], axis=1)
    return {"plain": model(tf.constant(tokens, tf.int32)), "padded": model(tf.constant(padded, tf.int32))}


@probe("bad_input")
def bad_input(solution, rng):
    """Nonsense is refused with a ValueError, and the layer stays of use."""
    new = solution.CustomDenseLayer
    flat, unknown, built = new(UNITS), new(UNITS), new(UNITS)
    x = f32(rng, 8, WIDTH)
    built(x)
    seen = {
        "units_zero": raised(new, 0),
        "units_negative": raised(new, -1),
        "units_fraction": raised(new, 2.5),
        "units_text": raised(new, "4"),
        "l2_negative": raised(new, UNITS, l2=-0.1),
        "activation_unknown": raised(new, UNITS, activation="no_such_activation"),
        "rank_1": raised(flat, f32(rng, 5)),
        "last_axis_unknown": raised(unknown, tf.keras.Input((None,))),
        "other_width": raised(built, f32(rng, 8, 5)),
        "rank_1_when_built": raised(built, f32(rng, WIDTH)),
    }
    for name, layer in {"flat": flat, "unknown": unknown, "built": built}.items():
        seen[f"{name}_afterwards"] = {"output": shapes([layer(x)]), "weights": shapes(layer.weights)}
    return seen


@probe("written_by_hand")
def written_by_hand(solution, rng):
    """The class is a Layer of its own, with no ready-made layer inside or behind it."""
    dense = (tf.keras.layers.Dense, tf.keras.layers.EinsumDense)
    x = f32(rng, 8, WIDTH)
    layer = filled(solution.CustomDenseLayer(UNITS, activation="relu"), x, weights_for(rng))
    layer(x)
    return {
        "is_layer": issubclass(solution.CustomDenseLayer, tf.keras.layers.Layer),
        "is_dense": issubclass(solution.CustomDenseLayer, dense),
        "layers_inside": len(list(layer._flatten_layers(include_self=False))),
        # type(), not isinstance(): asking some lazy modules for their __class__ would load them.
        "dense_objects_alive": sum(issubclass(type(thing), dense) for thing in gc.get_objects()),
    }
