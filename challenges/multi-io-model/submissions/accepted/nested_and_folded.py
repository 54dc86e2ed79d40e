# style: nested Sequentials, gelu and max pooling, losses and metrics as objects, a map over rows, scale folded into the last layer
import keras
import numpy as np
import tensorflow as tf
from keras import layers


def build_model(image_shape=(32, 32, 3), meta_dim=10, num_classes=10):
    eye = keras.Sequential([
        layers.Conv2D(16, 3, activation="gelu"),
        layers.Conv2D(24, 3, activation="gelu"),
        layers.GlobalMaxPooling2D(),
    ], name="eye")
    table = keras.Sequential([layers.Dense(32, activation="gelu")], name="table")
    image = layers.Input(image_shape, name="image")
    metadata = layers.Input((meta_dim,), name="metadata")
    both = layers.concatenate([eye(image), table(metadata)])
    hidden = layers.Dense(48, activation="gelu")(layers.Dense(64, activation="gelu")(both))
    return keras.Model(
        inputs=[image, metadata],
        outputs={
            "score": layers.Dense(1, name="score")(hidden),
            "class": layers.Dense(num_classes, activation="softmax", name="class")(hidden),
        },
    )


def compile_model(model, class_weight=1.0, score_weight=0.5, learning_rate=1e-3):
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=learning_rate),
        loss={"class": keras.losses.SparseCategoricalCrossentropy(), "score": keras.losses.MeanSquaredError()},
        loss_weights={"class": class_weight, "score": score_weight},
        weighted_metrics={
            "class": [keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
            "score": [keras.metrics.MeanAbsoluteError(name="mae")],
        },
        jit_compile=False,
    )


def make_dataset(images, metadata, y_class, y_score, batch_size, shuffle=False, seed=0):
    def row(image, columns, label, score):
        known = {"class": label >= 0, "score": tf.logical_not(tf.math.is_nan(score))}
        y = {"class": tf.maximum(label, 0), "score": tf.where(known["score"], score, 1.0)}
        return {"image": image, "metadata": columns}, y, {name: tf.cast(is_known, tf.float32) for name, is_known in known.items()}

    arrays = (
        tf.cast(images, tf.float32),
        tf.cast(metadata, tf.float32),
        tf.cast(y_class, tf.int32),
        tf.cast(y_score, tf.float32),
    )
    rows = tf.data.Dataset.from_tensor_slices(arrays)
    if shuffle:
        rows = rows.shuffle(len(images), seed=seed)
    return rows.map(row).batch(batch_size).prefetch(1)


def train_model(images, metadata, y_class, y_score, num_classes, seed=0):
    keras.utils.set_random_seed(seed)
    mean, std = metadata.mean(axis=0), metadata.std(axis=0) + 1e-9
    center, scale = np.nanmean(y_score), np.nanstd(y_score)
    model = build_model(images.shape[1:], metadata.shape[1], num_classes)
    compile_model(model, 1.0, 1.0, 3e-3)
    data = make_dataset(images, (metadata - mean) / std, y_class, (y_score - center) / scale, 32, True, seed)
    model.fit(data, epochs=25, verbose=0)
    head = model.get_layer("score")
    head.kernel.assign(head.kernel * scale)
    head.bias.assign(head.bias * scale + center)
    image = keras.Input(images.shape[1:], name="image")
    columns = keras.Input(metadata.shape[1:], name="metadata")
    outputs = model([image, layers.Normalization(mean=mean, variance=std**2)(columns)])
    return keras.Model({"image": image, "metadata": columns}, outputs)


def predict_rows(model, images, metadata):
    predictions = model.predict({"image": images, "metadata": metadata}, verbose=0)
    label = np.argmax(predictions["class"], axis=1)
    return {
        "label": label,
        "confidence": np.take_along_axis(predictions["class"], label[:, None], axis=1).reshape(-1),
        "score": predictions["score"].reshape(-1),
    }
