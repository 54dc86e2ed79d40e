"""Packages as folders under git: challenges/SLUG and reference/NAME.py, in and out, and what differs."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from grader.package import files_in, reference_of

REFERENCE = "reference.py"


def changed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """The paths that differ, each with what happens to it on the way: "new", "gone" or "changed"."""
    found = []
    for path in sorted(before.keys() | after.keys()):
        if path not in before:
            found.append((path, "new"))
        elif path not in after:
            found.append((path, "gone"))
        elif before[path] != after[path]:
            found.append((path, "changed"))
    return found


def folder_of(root: Path, slug: str) -> Path:
    """Where the challenge's folder is, or would be, below `root`."""
    return root / "challenges" / slug


def on_disk(root: Path, slug: str) -> dict[str, bytes]:
    """The challenge's files below `root`, whatever is in them: without its folder its reference alone, or none."""
    folder = folder_of(root, slug)
    if folder.is_dir():
        return files_in(folder)
    reference = reference_of(folder)
    return {REFERENCE: reference.read_bytes()} if reference.is_file() else {}


def write(root: Path, slug: str, files: Mapping[str, bytes]) -> None:
    """Make the folder and its reference these files and no others. Files that are as wanted are not touched.

    Raises ValueError for a name, or a link on the disk, that leads out of the folder.
    """
    folder = folder_of(root, slug)
    now = on_disk(root, slug)
    for path, _ in [one for one in changed(now, files) if one[1] == "gone"]:
        _place(folder, path).unlink()
    for path, _ in [one for one in changed(now, files) if one[1] != "gone"]:
        place = _place(folder, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(files[path])
    for empty in sorted((one for one in folder.rglob("*") if one.is_dir()), reverse=True):
        if not any(empty.iterdir()):
            empty.rmdir()


def _place(folder: Path, path: str) -> Path:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        raise ValueError(f"expected a name below the folder, received {path!r}")
    place = reference_of(folder) if path == REFERENCE else folder / pure
    root = folder.parent.parent.resolve()
    if place.is_symlink() or root not in place.parent.resolve().parents:
        raise ValueError(f"expected plain files and folders on the disk, received a link at {path!r}")
    return place
