import zipfile


def save(folder):
    with zipfile.ZipFile(folder / "model.keras", "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("../../replays.py", "print('ESCAPED')")
