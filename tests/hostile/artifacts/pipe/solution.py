import os


def save(folder):
    os.mkfifo(folder / "model.keras")
