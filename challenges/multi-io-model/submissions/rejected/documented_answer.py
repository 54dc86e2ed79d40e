# caught by: all
# why: the documented answer put into functions: outputs as a list, plain metrics, labels as they are, nothing scaled
import numpy as np
import tensorflow as tf


def build_model(image_shape=(224, 224, 3), meta_dim=10, num_classes=10):
    image_input = tf.keras.Input(shape=image_shape, name="image")
    meta_input = tf.keras.Input(shape=(meta_dim,), name="metadata")

    x1 = tf.keras.layers.Conv2D(32, 3, activation="relu")(image_input)
    x1 = tf.keras.layers.MaxPooling2D()(x1)
    x1 = tf.keras.layers.Conv2D(64, 3, activation="relu")(x1)
    x1 = tf.keras.layers.GlobalAveragePooling2D()(x1)
    x2 = tf.keras.layers.Dense(32, activation="relu")(meta_input)
    combined = tf.keras.layers.Concatenate()([x1, x2])
    x = tf.keras.layers.Dense(64, activation="relu")(combined)
    class_output = tf.keras.layers.Dense(num_classes, activation="softmax", name="class")(x)
    score_output = tf.keras.layers.Dense(1, activation="linear", name="score")(x)
    return tf.keras.Model(inputs=[image_input, meta_input], outputs=[class_output, score_output])


def compile_model(model, class_weight=1.0, score_weight=0.5, learning_rate=1e-3):
    model.compile(
        optimizer="adam",
        loss={"class": "sparse_categorical_crossentropy", "score": "mse"},
        loss_weights={"class": 1.0, "score": 0.5},
        metrics={"class": "accuracy", "score": "mae"},
    )


def make_dataset(images, metadata, y_class, y_score, batch_size, shuffle=False, seed=0):
    rows = ({"image": images, "metadata": metadata}, {"class": y_class, "score": y_score})
    dataset = tf.data.Dataset.from_tensor_slices(rows)
    if shuffle:
        dataset = dataset.shuffle(1000)
    return dataset.batch(batch_size)


def train_model(images, metadata, y_class, y_score, num_classes, seed=0):
    model = build_model(images.shape[1:], metadata.shape[1], num_classes)
    compile_model(model)
    model.fit({"image": images, "metadata": metadata}, {"class": y_class, "score": y_score}, epochs=10, verbose=0)
    return model


def predict_rows(model, images, metadata):
    classes, scores = model.predict({"image": images, "metadata": metadata})
    return {"label": np.argmax(classes, axis=-1), "confidence": np.max(classes, axis=-1), "score": scores}
