"""K12: passwords cannot be tried without end, admin pages carry a policy, and the database file is its owner's alone."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse

from newsroom import login
from tests.desk import world

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def empty_counters():
    cache.clear()
    yield
    cache.clear()


def log_in(client, name, password, address="203.0.113.7"):
    data = {"username": name, "password": password}
    return client.post(reverse("wagtailadmin_login"), data, REMOTE_ADDR=address)


@pytest.mark.django_db
def test_after_some_wrong_passwords_for_a_name_even_the_right_one_waits(client):
    world.make_user("nora", "chief")
    tries = [log_in(client, "nora", f"guess-{number}").status_code for number in range(login.OF_A_NAME + 1)]
    assert tries == [200] * login.OF_A_NAME + [429]
    assert log_in(client, "NORA ", world.PASSWORD).status_code == 429
    assert log_in(client, "nora", world.PASSWORD, address="203.0.113.8").status_code == 302


@pytest.mark.django_db
def test_one_address_does_not_try_one_password_for_every_name(client):
    codes = {log_in(client, f"name-{number}", "summer").status_code for number in range(login.OF_AN_ADDRESS + 1)}
    assert codes == {200, 429}


@pytest.mark.django_db
def test_right_passwords_are_never_counted(client):
    world.make_user("nora", "chief")
    assert {log_in(client, "nora", world.PASSWORD).status_code for _number in range(login.OF_A_NAME * 2)} == {302}


@pytest.mark.django_db
def test_mails_for_a_new_password_have_an_end(client):
    url = reverse("wagtailadmin_password_reset")
    codes = [client.post(url, {"email": "nora@paper.example"}).status_code for _number in range(login.RESETS + 1)]
    assert codes[-1] == 429
    assert 429 not in codes[:-1]


@pytest.mark.django_db
def test_the_desks_pages_run_no_script_within_the_page_and_the_admins_none_from_elsewhere(client):
    client.force_login(world.make_user("nora", "chief"))
    policies = {
        name: client.get(reverse(name)).headers["Content-Security-Policy"]
        for name in ("smeditor:inbox", "wagtailadmin_home", "smeditor_posts:add")
    }
    assert all("default-src 'self'" in policy and "object-src 'none'" in policy for policy in policies.values())
    assert "script-src 'self';" in policies["smeditor:inbox"]
    assert "script-src 'self' 'unsafe-inline';" in policies["smeditor_posts:add"]


def test_an_sqlite_file_is_readable_by_its_owner_alone(tmp_path):
    file = tmp_path / "newsroom.sqlite3"
    code = (
        "import os, django; os.umask(0o022); django.setup()\n"
        "from django.db import connection\n"
        "connection.cursor().execute('CREATE TABLE t (x INTEGER)')\n"
        "connection.close(); connection.cursor().execute('INSERT INTO t VALUES (1)')"
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings.development",
        "DATABASE_URL": f"sqlite:///{file}",
        "PATH": "/usr/bin:/bin",
    }
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, timeout=120)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}
