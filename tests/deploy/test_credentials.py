"""Secrets are made once, stay, and are nobody else's to read."""

from pathlib import Path

import pytest

from deploy.credentials import NAMES, ensure_secrets, read_secrets
from deploy.exceptions import LaunchError


def test_the_first_start_makes_every_secret(tmp_path: Path) -> None:
    held = ensure_secrets(tmp_path / "secrets.env")
    assert set(held) == set(NAMES)
    assert all(len(value) >= 50 for value in held.values())


def test_the_second_start_finds_the_same_secrets(tmp_path: Path) -> None:
    first = ensure_secrets(tmp_path / "secrets.env")
    assert ensure_secrets(tmp_path / "secrets.env") == first == read_secrets(tmp_path / "secrets.env")


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    ensure_secrets(tmp_path / "secrets.env")
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    ensure_secrets(file)
    file.chmod(0o644)
    with pytest.raises(LaunchError, match="chmod 600"):
        ensure_secrets(file)


def test_what_a_person_added_to_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.touch(mode=0o600)
    file.write_text("# mine\nEMAIL_PASSWORD=with=equals\n")
    assert ensure_secrets(file)["EMAIL_PASSWORD"] == "with=equals"
    assert read_secrets(file)["EMAIL_PASSWORD"] == "with=equals"


def test_two_installations_share_no_secret(tmp_path: Path) -> None:
    one, other = ensure_secrets(tmp_path / "one"), ensure_secrets(tmp_path / "other")
    assert not set(one.values()) & set(other.values())
