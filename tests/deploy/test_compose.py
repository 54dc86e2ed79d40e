"""docker-compose.yml: what must never creep in, and what must not be forgotten."""

import re
from typing import Any

import pytest
import yaml

from deploy.compose_env import compose_env
from deploy.environment import ROOT

TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
LASTING = sorted(set(SERVICES) - {"migrate"})


def test_nothing_is_privileged_or_shares_the_hosts_namespaces() -> None:
    for service in SERVICES.values():
        assert not {"privileged", "pid", "ipc", "userns_mode", "network_mode", "devices"} & set(service)


@pytest.mark.parametrize("name", LASTING)
def test_every_lasting_service_has_a_health_check_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_only_workers_get_more_than_a_container_has() -> None:
    assert {name for name, service in SERVICES.items() if "cap_add" in service} == {"worker", "worker-gpu"}


def test_only_the_web_is_reached_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"web"}
    # The courier has a way out, to send webhooks; nothing comes in to it.
    assert {name for name, service in SERVICES.items() if service["networks"] != ["inside"]} == {"web", "courier"}
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_gpu_workers_start_only_when_asked_for() -> None:
    assert {name for name, service in SERVICES.items() if "profiles" in service} == {"worker-gpu"}


def test_no_secret_stands_in_the_file() -> None:
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"):
        assert re.search(rf"\${{{name}:\?", TEXT)
        assert not re.search(rf"^\s*{name}: *[^$\s]", TEXT, re.MULTILINE)


def test_a_written_env_sets_all_that_the_file_asks_for() -> None:
    asked = set(re.findall(r"\${(\w+):\?", TEXT))
    written = dict(line.split("=", 1) for line in compose_env("https://grade.example.org/").splitlines())
    assert set(written) == asked
    assert written["SITE_URL"] == "https://grade.example.org"
    assert len({value for name, value in written.items() if name != "SITE_URL"}) == 3


def test_the_images_are_built_on_debian_with_its_own_python() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "ARG BASE=docker.io/library/debian:bookworm-slim" in dockerfile
    web = dockerfile.split("FROM base AS web\n")[1].split("\nFROM ")[0]
    assert "COPY --from=web-environment" in web
    assert "USER gradetape" in web
