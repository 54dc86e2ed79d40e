"""What is looked at: outputs of given weights, files of what was trained, and flags in a stream of images."""

import json

import keras
import numpy as np
import tensorflow as tf

from grader.probing import artifact, f32, probe, scratch, shared

SPREAD = 1.2


def weigh(model, rng):
    """Set all weights: kernels large enough to saturate some units, small biases. Returns the model."""
    for half in (model.encoder, model.decoder):
        half.set_weights([random_weight(rng, weight.shape) for weight in half.get_weights()])
    return model


def random_weight(rng, shape):
    scale = SPREAD / np.sqrt(shape[0]) if len(shape) > 1 else 0.1
    return (scale * f32(rng, *shape)).astype("float32")


def pixels(rng, *shape):
    return rng.uniform(0, 1, shape).astype("float32")


def shapes(model):
    """Shapes of all weights, half by half."""
    return {name: [list(w.shape) for w in getattr(model, name).get_weights()] for name in ("encoder", "decoder")}


@probe("structure")
def structure(solution, rng):
    """Shapes of weights, codes and images, for three kinds of images."""
    latent = int(rng.integers(3, 12))
    models = {
        "defaults": solution.Autoencoder(32),
        "one_hidden_layer": solution.Autoencoder(latent, image_shape=(8, 8), hidden=(20,)),
        "colour": solution.Autoencoder(4, image_shape=[6, 4, 3], hidden=[16, 12, 10]),
    }
    image_shapes = {"defaults": (28, 28), "one_hidden_layer": (8, 8), "colour": (6, 4, 3)}
    seen = {}
    for name, model in models.items():
        found = {"weights": shapes(model), "parameters": int(model.count_params())}
        codes = model.encode(np.zeros((3, *image_shapes[name]), "float32"))
        images = model.decode(np.zeros(codes.shape, "float32"))
        seen[name] = found | {"codes": list(codes.shape), "images": list(images.shape)}
    return seen


@probe("forward")
def forward(solution, rng):
    """Codes are any numbers, pixels lie in 0..1, and the two halves know nothing of each other."""
    model = weigh(solution.Autoencoder(6, image_shape=(8, 8), hidden=(24, 12)), rng)
    images = pixels(rng, 40, 8, 8)
    codes = np.array(model.encode(images))
    order = rng.permutation(40)
    colour = weigh(solution.Autoencoder(5, image_shape=(6, 4, 3), hidden=(16, 12, 10)), rng)
    model.compile(loss="mse", jit_compile=False)
    return {
        "codes": codes,
        "output": model(images),
        "decoded": model.decode(codes),
        "decoded_in_another_order": model.decode(codes[order]),
        "decoded_elsewhere": model.decode(20 * f32(rng, 10, 6)),
        "of_a_tensor": model.encode(tf.constant(images[:3])),
        "predict": model.predict(images, batch_size=16, verbose=0),
        "colour": colour(pixels(rng, 4, 6, 4, 3)),
    }


@probe("noise_in_training_only")
def noise_in_training_only(solution, rng):
    """Outputs of a noisy model and of a quiet one with the same weights."""
    settings = {"image_shape": (8, 8), "hidden": (20, 10)}
    noisy = weigh(solution.Autoencoder(6, noise=0.3, **settings), rng)
    quiet = solution.Autoencoder(6, **settings)
    quiet.set_weights(noisy.get_weights())
    images = pixels(rng, 30, 8, 8)
    noisy.compile(loss="mse", jit_compile=False)
    return {
        "codes": noisy.encode(images),
        "inference": noisy(images, training=False),
        "unsaid": noisy(images),
        "predict": noisy.predict(images, verbose=0),
        "quiet_training": quiet(images, training=True),
        "training": [np.asarray(noisy(images, training=True)) for _ in range(40)],
    }


@probe("compile_and_fit")
def compile_and_fit(solution, rng):
    """Four pictures again and again: does everything move, and what does evaluate say?"""
    model = weigh(solution.Autoencoder(3, image_shape=(6, 6, 1), hidden=(24,)), rng)
    start = [np.array(weight) for weight in model.get_weights()]
    pictures = np.repeat(rng.integers(0, 2, (4, 6, 6, 1)).astype("float32"), 30, axis=0)
    model.compile(keras.optimizers.Adam(5e-3), loss="mse", jit_compile=False)
    run = model.fit(
        pictures, pictures, epochs=15, batch_size=20, validation_data=(pictures[:40], pictures[:40]), verbose=0
    )
    pairs = tf.data.Dataset.from_tensor_slices((pictures, pictures)).batch(20)
    more = model.fit(pairs, epochs=1, verbose=0)
    return {
        "pictures": pictures,
        "moved": [float(np.abs(np.asarray(w) - s).max()) for w, s in zip(model.get_weights(), start, strict=True)],
        "losses": [float(loss) for loss in run.history["loss"] + more.history["loss"]],
        "validation_losses": [float(loss) for loss in run.history["val_loss"]],
        "evaluate": float(model.evaluate(pictures, pictures, verbose=0)),
        "predictions": model.predict(pictures, verbose=0),
    }


@probe("saving")
def saving(solution, rng):
    """A file and a config: what comes back?"""
    model = weigh(solution.Autoencoder(5, image_shape=(8, 8), hidden=(20, 10), noise=0.1), rng)
    images = pixels(rng, 12, 8, 8)
    path = scratch() / "m.keras"
    model.save(path)
    loaded = keras.models.load_model(path, custom_objects={"Autoencoder": solution.Autoencoder})
    config = json.loads(json.dumps(model.get_config()))
    made = solution.Autoencoder.from_config(config)
    return {
        "before": np.asarray(model(images)),
        "after": np.asarray(loaded(images)),
        "codes": np.asarray(loaded.encode(images)),
        "class": type(loaded).__name__,
        "latent_dim": int(config["latent_dim"]),
        "image_shape": [int(size) for size in config["image_shape"]],
        "hidden": [int(width) for width in config["hidden"]],
        "noise": float(config["noise"]),
        "made": shapes(made),
        "noise_of_the_loaded": bool(np.abs(np.asarray(loaded(images, training=True) - loaded(images))).max() > 1e-4),
    }


@probe("training_run")
def training_run(solution, rng, digits):
    """Two epochs twice, from different states of the global generators."""
    images, runs = digits["train"][:200], []
    for state in (1, 2):
        keras.utils.set_random_seed(state)
        model, history = solution.train_autoencoder(images, 4, epochs=2, seed=5)
        runs.append({key: [float(loss) for loss in history[key]] for key in ("loss", "val_loss")})
    return {
        "runs": runs,
        "is_an_autoencoder": isinstance(model, solution.Autoencoder),
        "codes": list(model.encode(scaled(images[:3])).shape),
    }


@shared
def model(solution, rng, digits):
    """The one training that three cases look at."""
    found, _ = solution.train_autoencoder(digits["train"], 8, seed=1)
    return found


@probe("learns")
def learns(solution, rng, model):
    """Both halves leave for a process without the candidate's code."""
    folder = scratch() / "made" / "halves"
    solution.export_halves(model, str(folder))
    artifact(folder)
    return {}


@probe("useful_codes")
def useful_codes(solution, rng, model, digits):
    """The encoder leaves; codes of the training images are compared with those that it gives there."""
    folder = scratch()
    solution.export_halves(model, folder)
    artifact(folder / "encoder.keras")
    return {"codes": np.asarray(model.encode(scaled(digits["train"])))}


@probe("reconstruction_errors")
def reconstruction_errors(solution, rng):
    """Errors of gray images, of one, and of coloured ones under a model with noise."""
    gray = weigh(solution.Autoencoder(6, image_shape=(8, 8), hidden=(20, 10)), rng)
    colour = weigh(solution.Autoencoder(4, image_shape=(6, 4, 3), hidden=(16,), noise=0.5), rng)
    images = {"gray": pixels(rng, 70, 8, 8), "one": pixels(rng, 1, 8, 8), "colour": pixels(rng, 12, 6, 4, 3)}
    models = {"gray": gray, "one": gray, "colour": colour}
    return {
        name: np.asarray(solution.reconstruction_errors(models[name], x)).astype("float32")
        for name, x in images.items()
    }


@probe("find_anomalies")
def find_anomalies(solution, rng, model, digits):
    """Flags at several rates, and the errors that they come from."""
    normal, stream = scaled(digits["normal"]), digits["stream"]
    small = weigh(solution.Autoencoder(3, image_shape=(8, 8), hidden=(10,)), rng)
    some, others = pixels(rng, 41, 8, 8), np.concatenate([pixels(rng, 30, 8, 8), pixels(rng, 30, 8, 8) ** 2])
    flags = {
        "at_0.05": solution.find_anomalies(model, normal, stream, 0.05),
        "at_default": solution.find_anomalies(model, normal, stream),
        "at_0.3": solution.find_anomalies(model, normal, stream, false_alarm_rate=0.3),
        "normal_at_0.1": solution.find_anomalies(model, normal, normal, 0.1),
    }
    return {
        "flags": {name: np.asarray(flag) for name, flag in flags.items()},
        "errors": np.asarray(solution.reconstruction_errors(model, stream)),
        "of_given_weights": np.asarray(solution.find_anomalies(small, some, others, 0.2)),
    }


def scaled(images):
    return images.astype("float32") / 255
