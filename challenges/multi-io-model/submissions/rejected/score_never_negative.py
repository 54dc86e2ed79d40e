# caught by: heads
# why: a softplus behind the score, as if it could not be negative
import keras
import numpy as np
import tensorflow as tf


def build_model(image_shape=(32, 32, 3), meta_dim=10, num_classes=10):
    image = keras.Input(image_shape, name="image")
    metadata = keras.Input((meta_dim,), name="metadata")
    x = keras.layers.Conv2D(12, 3, activation="relu")(image)
    x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.Conv2D(24, 3, activation="relu")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    m = keras.layers.Dense(32, activation="relu")(metadata)
    h = keras.layers.Dense(64, activation="relu")(keras.layers.Concatenate()([x, m]))
    outputs = {
        "class": keras.layers.Dense(num_classes, activation="softmax", name="class")(h),
        "score": keras.layers.Dense(1, activation="softplus", name="score")(h),
    }
    return keras.Model({"image": image, "metadata": metadata}, outputs)


def compile_model(model, class_weight=1.0, score_weight=0.5, learning_rate=1e-3):
    model.compile(
        keras.optimizers.Adam(learning_rate),
        loss={"class": "sparse_categorical_crossentropy", "score": "mse"},
        loss_weights={"class": class_weight, "score": score_weight},
        weighted_metrics={"class": ["accuracy"], "score": ["mae"]},
        jit_compile=False,
    )


def make_dataset(images, metadata, y_class, y_score, batch_size, shuffle=False, seed=0):
    has_class, has_score = y_class >= 0, ~np.isnan(y_score)
    x = {"image": images.astype("float32"), "metadata": metadata.astype("float32")}
    y = {"class": np.where(has_class, y_class, 0), "score": np.where(has_score, y_score, 0).astype("float32")}
    w = {"class": has_class.astype("float32"), "score": has_score.astype("float32")}
    data = tf.data.Dataset.from_tensor_slices((x, y, w))
    if shuffle:
        data = data.shuffle(len(images), seed=seed)
    return data.batch(batch_size)


def train_model(images, metadata, y_class, y_score, num_classes, seed=0):
    keras.utils.set_random_seed(seed)
    mean, std = metadata.mean(axis=0), metadata.std(axis=0)
    center, scale = float(np.nanmean(y_score)), float(np.nanstd(y_score))
    inner = build_model(images.shape[1:], metadata.shape[1], num_classes)
    compile_model(inner, 1.0, 1.0, 4e-3)
    data = make_dataset(images, (metadata - mean) / std, y_class, (y_score - center) / scale, 30, True, seed)
    inner.fit(data, epochs=25, verbose=0)
    image, columns = keras.Input(images.shape[1:], name="image"), keras.Input(metadata.shape[1:], name="metadata")
    out = inner({"image": image, "metadata": keras.layers.Normalization(mean=mean, variance=std**2)(columns)})
    score = keras.layers.Rescaling(scale, center)(out["score"])
    return keras.Model({"image": image, "metadata": columns}, {"class": out["class"], "score": score})


def predict_rows(model, images, metadata):
    out = model.predict({"image": images, "metadata": metadata}, verbose=0)
    return {"label": out["class"].argmax(axis=1), "confidence": out["class"].max(axis=1), "score": out["score"][:, 0]}
