"""Production refuses to start insecurely: each case is a fresh interpreter with an environment of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOUND = {
    "SECRET_KEY": "k" * 30 + "3f9a1c77d0b24e58" * 2,
    "ALLOWED_HOSTS": "paper.example",
    "NEWSROOM_URL": "https://paper.example",
    "DATABASE_URL": "sqlite:////tmp/newsroom-settings-test.sqlite3",
    "SMEDITOR_SECRET_KEYS": "rX2hQ0m7Yb1V3t9nJ4c8K6wP5zL0aD2fG7sE1uT3iO0=",
    "SMEDITOR_PSEUDONYM_KEY": "0123456789abcdef0123456789abcdef",
    "EMAIL_HOST": "mail.paper.example",
    "DEFAULT_FROM_EMAIL": "desk@paper.test",
}


def start(code: str = "", **changes) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in {**SOUND, **changes}.items() if value is not None}
    environment |= {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "newsroom.settings.production"}
    script = f"import django; django.setup()\nfrom django.conf import settings\n{code}"
    return subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def test_a_sound_environment_starts_secure():
    code = """
assert settings.SECURE_SSL_REDIRECT and settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE
assert settings.SECURE_HSTS_SECONDS == 31536000
assert settings.CSRF_TRUSTED_ORIGINS == ["https://paper.example"]
assert not hasattr(settings, "SECURE_PROXY_SSL_HEADER") or settings.SECURE_PROXY_SSL_HEADER is None
assert settings.STORAGES["staticfiles"]["BACKEND"].startswith("whitenoise")
from django.core.management import call_command
call_command("check", deploy=True)
"""
    done = start(code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "development-only-not-a-secret"}, "SECRET_KEY is the one for development"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"DEBUG": "1"}, "DEBUG is on"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS is empty"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS contains *"),
        ({"NEWSROOM_URL": None}, "NEWSROOM_URL is not set"),
        ({"NEWSROOM_URL": "http://paper.example"}, "NEWSROOM_URL does not start with https"),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL starts with 'mysql'"),
        ({"SMEDITOR_SECRET_KEYS": None}, "SMEDITOR_SECRET_KEYS is not set"),
        ({"SMEDITOR_SECRET_KEYS": "nonsense"}, "not a Fernet key"),
        ({"SMEDITOR_SECRET_KEYS": "ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtMDE="}, "the key for development"),
        ({"SMEDITOR_PSEUDONYM_KEY": None}, "SMEDITOR_PSEUDONYM_KEY is not set"),
        ({"SMEDITOR_PSEUDONYM_KEY": "short"}, "SMEDITOR_PSEUDONYM_KEY is too short"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "EMAIL_BACKEND sends no mail"),
        ({"EMAIL_HOST": None}, "EMAIL_HOST is not set"),
        ({"DEFAULT_FROM_EMAIL": None}, "DEFAULT_FROM_EMAIL is not set"),
        ({"ALLOWED_HOSTS": "."}, "ALLOWED_HOSTS contains ."),
        ({"ALLOWED_HOSTS": "paper.example,.org"}, "ALLOWED_HOSTS contains .org"),
        ({"ALLOWED_HOSTS": "*.paper.example"}, "ALLOWED_HOSTS contains *.paper.example"),
        ({"SECRET_KEY": "z" * 64}, "SECRET_KEY repeats itself"),
        ({"SECRET_KEY": "n3wspap3r" * 8}, "SECRET_KEY repeats itself"),
        ({"SMEDITOR_SECRET_KEYS": "A" * 43 + "="}, "a key that can be guessed"),
        ({"SMEDITOR_PSEUDONYM_KEY": "redaction" * 4}, "SMEDITOR_PSEUDONYM_KEY repeats itself"),
        ({"SMEDITOR_METRICS_TOKEN": "7"}, "SMEDITOR_METRICS_TOKEN can be guessed"),
        ({"SMEDITOR_METRICS_TOKEN": "prometheus" * 3}, "SMEDITOR_METRICS_TOKEN can be guessed"),
        ({"HSTS_SECONDS": "0"}, "HSTS_SECONDS is 0"),
        ({"HSTS_SECONDS": "-60"}, "HSTS_SECONDS is -60"),
        ({"EMAIL_PORT": "many"}, "EMAIL_PORT is 'many'"),
    ],
)
def test_an_unsound_environment_is_refused_with_its_reason(changes, sentence):
    done = start(**changes)
    assert done.returncode != 0
    assert sentence in done.stderr


def test_every_reason_is_told_at_once():
    done = start(SECRET_KEY=None, ALLOWED_HOSTS=None, SMEDITOR_PSEUDONYM_KEY=None)
    assert done.stderr.count("\n- ") == 3


def test_no_reason_repeats_a_secret():
    secret = "sesame-open-this-is-secret"
    assert secret not in start(SECRET_KEY=secret, SMEDITOR_PSEUDONYM_KEY=secret).stderr


def test_the_headers_of_a_proxy_are_believed_only_when_it_is_declared():
    done = start("assert settings.SECURE_PROXY_SSL_HEADER == ('HTTP_X_FORWARDED_PROTO', 'https')", NEWSROOM_PROXIES="1")
    assert done.returncode == 0, done.stderr
