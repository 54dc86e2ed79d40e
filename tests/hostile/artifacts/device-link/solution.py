def save(folder):
    (folder / "weights.h5").symlink_to("/dev/zero")
