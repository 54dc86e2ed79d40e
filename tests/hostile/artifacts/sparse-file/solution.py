import os


def save(folder):
    (folder / "model.keras").touch()
    os.truncate(folder / "model.keras", 200 << 20)
