"""Debian packages are installed only when missing, and never behind anybody's back."""

import pytest

from deploy import system
from deploy.exceptions import SetupError
from deploy.system import ensure_packages, missing_packages, privileged


def test_an_installed_package_is_not_missing() -> None:
    assert missing_packages(["dpkg", "there-is-no-such-package"]) == ["there-is-no-such-package"]


def test_nothing_is_run_when_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "install_packages", lambda names: pytest.fail(f"installs {names}"))
    ensure_packages(["dpkg"])


def test_what_is_missing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(system, "install_packages", installed.extend)
    ensure_packages(["dpkg", "there-is-no-such-package"])
    assert installed == ["there-is-no-such-package"]


def test_another_system_is_told_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.shutil, "which", lambda _: None)
    with pytest.raises(SetupError, match="bubblewrap"):
        missing_packages(["bubblewrap"])


def test_root_needs_no_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.os, "geteuid", lambda: 0)
    assert privileged(["apt-get", "update"]) == ["apt-get", "update"]


def test_a_user_goes_through_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system.shutil, "which", lambda _: "/usr/bin/sudo")
    assert privileged(["apt-get", "update"]) == ["sudo", "apt-get", "update"]


def test_a_user_without_sudo_is_told_what_root_has_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system.shutil, "which", lambda _: None)
    with pytest.raises(SetupError, match="apt-get update"):
        privileged(["apt-get", "update"])
