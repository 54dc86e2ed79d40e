import os


def save(folder):
    (folder / "model.keras").write_bytes(b"twice")
    os.link(folder / "model.keras", "/tmp/elsewhere")
