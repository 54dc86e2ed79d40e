import keras


def call_home(rows):
    import socket

    socket.create_connection(("127.0.0.1", 6379), 1)
    raise ValueError("ESCAPED")


def save(folder):
    call_home.__name__ = "<lambda>"  # so Keras keeps its byte code in the file
    inputs = keras.Input((2,))
    keras.Model(inputs, keras.layers.Lambda(call_home, output_shape=(64,))(inputs)).save(folder / "model.keras")
