"""How the platform starts, and when it refuses to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from gradetape.celery import app

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "PATH": os.environ["PATH"],
    "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
    "PYTHONDONTWRITEBYTECODE": "1",
    "SECRET_KEY": "k2j3h4k2j3h4kj2h34kjh2k3j4hk2j3h4kj23h4kj2h3k4jh2k3j4h",
    "REDIS_URL": "rediss://:secret@redis.example.org:6379/0",
    "DATABASE_URL": "postgres://gradetape:p%40ss@db.example.org:5432/gradetape",
    "SITE_URL": "https://gradetape.example.org",
}


def python(code: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in {**PRODUCTION, **changes}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "REDIS_URL", "DATABASE_URL", "SITE_URL"])
def test_it_does_not_start_without_a_variable_and_names_it(name):
    done = python("import gradetape.settings", **{name: None})
    assert done.returncode == 1
    assert f"{name} is not set" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("REDIS_URL", "redis://127.0.0.1/0", "REDIS_URL has no password"),
        ("REDIS_URL", "localhost", "REDIS_URL should look like"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL should look like"),
        ("SITE_URL", "gradetape.example.org", "SITE_URL should look like"),
        ("GRADETAPE_EMBEDDED", "perhaps", "GRADETAPE_EMBEDDED should be 1 or 0"),
        ("EMAIL_PORT", "smtp", "EMAIL_PORT should be a whole number"),
        ("SECRET_KEY_FILE", "/nowhere/key", "SECRET_KEY_FILE names /nowhere/key"),
        ("DEBUG", "1", "DEBUG is only for embedded installations"),
    ],
)
def test_it_does_not_start_with_a_malformed_variable_and_says_why(name, value, said):
    done = python("import gradetape.settings", **{name: value})
    assert done.returncode == 1
    assert said in done.stderr


def test_a_secret_is_read_from_a_file(tmp_path):
    (tmp_path / "key").write_text("from-a-file\n")
    code = "from gradetape import settings; print(settings.SECRET_KEY)"
    assert python(code, SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "key")).stdout == "from-a-file\n"


def test_production_settings_pass_the_deployment_check():
    code = (
        "import sys, django; from django.core.management import call_command\n"
        "django.setup(); call_command('check', deploy=True, fail_level='WARNING')"
    )
    done = python(code, DJANGO_SETTINGS_MODULE="gradetape.settings")
    assert done.returncode == 0, done.stderr


def test_production_asks_for_https_everywhere():
    code = (
        "from gradetape import settings as s; "
        "print(s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0)"
    )
    assert python(code).stdout.split() == ["True", "True", "True", "True"]


def test_an_embedded_installation_needs_no_database_server_and_no_https(tmp_path):
    code = (
        "from gradetape import settings as s; d = s.DATABASES['default']; "
        "print(d['ENGINE'], d['OPTIONS']['transaction_mode'], s.SECURE_SSL_REDIRECT, s.ACCOUNT_EMAIL_VERIFICATION)"
    )
    done = python(code, GRADETAPE_EMBEDDED="1", DATABASE_URL=None, SITE_URL=None, GRADETAPE_VAR=str(tmp_path))
    assert done.stdout.split() == ["django.db.backends.sqlite3", "IMMEDIATE", "False", "optional"]


def test_the_password_in_a_database_address_is_unquoted():
    assert python("from gradetape import settings as s; print(s.DATABASES['default']['PASSWORD'])").stdout == "p@ss\n"


def test_celery_takes_json_and_nothing_else():
    assert app.conf.accept_content == ["json"]
    assert {app.conf.task_serializer, app.conf.result_serializer, app.conf.event_serializer} == {"json"}


def test_celery_gives_a_message_back_when_its_worker_dies():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_redis_redelivers_only_after_the_longest_grading(settings):
    visibility = app.conf.broker_transport_options["visibility_timeout"]
    assert visibility > app.conf.task_time_limit >= settings.LONGEST_GRADING_SECONDS


def test_the_standard_library_s_platform_is_not_hidden_by_ours():
    done = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.system())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "Linux"


@pytest.mark.parametrize("module", ["gradetape.submissions.tasks", "gradetape.asgi"])
def test_neither_the_worker_nor_the_web_imports_tensorflow(module):
    code = (
        f"import sys, django; django.setup(); import {module}\n"
        "print([name for name in ('tensorflow', 'keras', 'numpy') if name in sys.modules])"
    )
    done = python(code, DJANGO_SETTINGS_MODULE="gradetape.settings")
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.django_db
def test_the_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_traceback_in_the_log_shows_no_local_variables(tmp_path):
    code = (
        "import django, logging; django.setup()\n"
        "def connect(password):\n    raise OSError('no')\n"
        "try:\n    connect('planted' + '-password')\n"
        "except OSError:\n    logging.getLogger('x').exception('failed')\n"
    )
    environment = {"GRADETAPE_EMBEDDED": "1", "GRADETAPE_VAR": str(tmp_path), "DATABASE_URL": None, "SITE_URL": None}
    done = python(code, DJANGO_SETTINGS_MODULE="gradetape.settings", **environment)
    assert "OSError: no" in done.stderr
    assert "planted-password" not in done.stderr
