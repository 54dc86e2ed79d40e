# style: a training loop of its own with a mean over the labelled rows of each task, flattened features added to the metadata's
import numpy as np
import tensorflow as tf

K = tf.keras.layers


def build_model(image_shape=(32, 32, 3), meta_dim=10, num_classes=10):
    inputs = {"image": tf.keras.Input(image_shape, name="image"), "metadata": tf.keras.Input((meta_dim,), name="metadata")}
    x = K.Conv2D(8, 3, strides=2, padding="same", activation="elu")(inputs["image"])
    x = K.Dense(48)(K.Flatten()(x))
    m = K.Dense(48)(inputs["metadata"])
    h = K.Activation("tanh")(K.Add()([x, m]))
    h = K.Dense(48, activation="elu")(h)
    outputs = {"class": K.Dense(num_classes, "softmax", name="class")(h), "score": K.Dense(1, name="score")(h)}
    return tf.keras.Model(inputs, outputs)


def compile_model(model, class_weight=1.0, score_weight=0.5, learning_rate=1e-3):
    model.compile(
        tf.keras.optimizers.Adam(learning_rate),
        loss={"score": "mean_squared_error", "class": "sparse_categorical_crossentropy"},
        loss_weights={"score": score_weight, "class": class_weight},
        weighted_metrics={"score": ["mae"], "class": ["accuracy"]},
        jit_compile=False,
    )


def make_dataset(images, metadata, y_class, y_score, batch_size, shuffle=False, seed=0):
    w = {"class": (y_class != -1).astype("float32"), "score": np.isfinite(y_score).astype("float32")}
    y = {"class": np.clip(y_class, 0, None)[:, None], "score": np.nan_to_num(y_score).astype("float32")[:, None]}
    x = {"image": images, "metadata": metadata}
    generator = np.random.default_rng(seed)

    def batches():
        order = generator.permutation(len(images)) if shuffle else np.arange(len(images))
        for start in range(0, len(order), batch_size):
            chosen = order[start : start + batch_size]
            yield tuple({name: values[chosen] for name, values in part.items()} for part in (x, y, w))

    spec = tuple(
        {name: tf.TensorSpec((None, *values.shape[1:]), values.dtype) for name, values in part.items()} for part in (x, y, w)
    )
    data = tf.data.Dataset.from_generator(batches, output_signature=spec)
    return data.apply(tf.data.experimental.assert_cardinality(-(-len(images) // batch_size)))


def train_model(images, metadata, y_class, y_score, num_classes, seed=0):
    tf.keras.utils.set_random_seed(seed)
    adapt = K.Normalization()
    adapt.adapt(metadata)
    center, scale = float(np.nanmean(y_score)), float(np.nanstd(y_score))
    core = build_model(images.shape[1:], metadata.shape[1], num_classes)
    optimizer = tf.keras.optimizers.Adam(4e-3)
    optimizer.build(core.trainable_variables)
    columns = adapt(metadata).numpy()
    data = make_dataset(images, columns, y_class, (y_score - center) / scale, 48, shuffle=True, seed=seed)

    @tf.function(reduce_retracing=True)
    def step(x, y, w):
        with tf.GradientTape() as tape:
            out = core(x, training=True)
            wrong = tf.keras.losses.sparse_categorical_crossentropy(y["class"][:, 0], out["class"])
            off = tf.square(out["score"][:, 0] - y["score"][:, 0])
            loss = tf.math.divide_no_nan(tf.reduce_sum(wrong * w["class"]), tf.reduce_sum(w["class"]))
            loss += tf.math.divide_no_nan(tf.reduce_sum(off * w["score"]), tf.reduce_sum(w["score"]))
        optimizer.apply(tape.gradient(loss, core.trainable_variables))

    for _ in range(40):
        for batch in data:
            step(*batch)
    image, meta = tf.keras.Input(images.shape[1:], name="image"), tf.keras.Input(metadata.shape[1:], name="metadata")
    out = core({"image": image, "metadata": adapt(meta)})
    return tf.keras.Model([image, meta], {"class": out["class"], "score": K.Rescaling(scale, offset=center)(out["score"])})


def predict_rows(model, images, metadata):
    out = model({"image": tf.constant(images), "metadata": tf.constant(metadata)}, training=False)
    probabilities = out["class"].numpy()
    return {
        "label": probabilities.argmax(1).astype("int32"),
        "confidence": probabilities.max(1),
        "score": out["score"].numpy().ravel(),
    }
