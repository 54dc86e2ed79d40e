def save(folder):
    for number in range(65):
        (folder / f"f{number}").touch()
