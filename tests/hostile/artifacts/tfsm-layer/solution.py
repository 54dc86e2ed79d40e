import json
import zipfile

LAYER = {
    "module": "keras.layers",
    "class_name": "TFSMLayer",
    "config": {"filepath": "/proc/self/root/etc", "call_endpoint": "serve", "name": "stolen"},
    "registered_name": None,
}
CONFIG = {
    "module": "keras",
    "class_name": "Sequential",
    "config": {"name": "model", "layers": [LAYER]},
    "registered_name": None,
}


def save(folder):
    with zipfile.ZipFile(folder / "model.keras", "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.0"}))
        archive.writestr("config.json", json.dumps(CONFIG))
        archive.writestr("model.weights.h5", b"")
