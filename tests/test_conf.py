"""Keys: the newsroom's own, those that a trial derives, and how one takes the place of another."""

from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from smeditor import conf
from smeditor.models import Account

SECRET = {"access_token": "kept"}


@pytest.fixture
def setting(settings):
    def change(**changes):
        settings.SMEDITOR = {**settings.SMEDITOR, **changes}

    return change


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM smeditor_account")
        return cursor.fetchone()[0]


def account() -> Account:
    return Account.objects.create(network="mastodon", handle="@paper", server_url="https://m.example", secret=SECRET)


def test_without_keys_and_without_debug_nothing_can_be_stored(settings, setting):
    setting(SECRET_KEYS=[], PSEUDONYM_KEY="")
    settings.DEBUG = False
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEYS"):
        conf.secret_keys()
    with pytest.raises(ImproperlyConfigured, match="PSEUDONYM_KEY"):
        conf.pseudonym_key()


def test_with_debug_keys_follow_from_the_secret_key_and_only_from_it(settings, setting):
    setting(SECRET_KEYS=[], PSEUDONYM_KEY="")
    settings.DEBUG = True
    settings.SECRET_KEY = "one"
    keys, pseudonym = conf.secret_keys(), conf.pseudonym_key()
    assert [Fernet(key) for key in keys]
    assert keys == conf.secret_keys()
    assert keys[0].encode() != pseudonym
    settings.SECRET_KEY = "two"
    assert conf.secret_keys() != keys
    assert conf.pseudonym_key() != pseudonym


@pytest.mark.parametrize("key", ["", "short", "\u00e9" * 44, None, 7, b"x", b"A" * 40, "A" * 44])
def test_a_fernet_key_is_what_fernet_itself_takes(key):
    try:
        Fernet(key)
    except (ValueError, TypeError):
        assert not conf.is_fernet_key(key)
    else:
        assert conf.is_fernet_key(key)


def test_a_fresh_fernet_key_is_one():
    assert conf.is_fernet_key(Fernet.generate_key())
    assert conf.is_fernet_key(Fernet.generate_key().decode())


def test_a_derived_key_survives_the_rotation_of_the_secret_key(settings, setting):
    setting(SECRET_KEYS=[])
    settings.DEBUG = True
    settings.SECRET_KEY = "old"
    old = conf.secret_keys()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["old"]
    assert conf.secret_keys()[1:] == old


def test_a_trial_stays_readable_when_it_gets_keys_of_its_own(settings, setting, db):
    settings.DEBUG = True
    setting(SECRET_KEYS=[])
    made = account()
    setting(SECRET_KEYS=[Fernet.generate_key().decode()])
    assert Account.objects.get(pk=made.pk).secret == SECRET


def test_in_production_derived_keys_open_nothing(settings, setting, db):
    settings.DEBUG = True
    setting(SECRET_KEYS=[])
    made = account()
    settings.DEBUG = False
    setting(SECRET_KEYS=[Fernet.generate_key().decode()])
    with pytest.raises(ImproperlyConfigured, match="cannot be decrypted"):
        Account.objects.get(pk=made.pk)


def test_the_derived_keys_can_be_printed_and_taken_to_production(settings, setting, db):
    settings.DEBUG = True
    setting(SECRET_KEYS=[], PSEUDONYM_KEY="")
    made, pseudonym = account(), conf.pseudonym_key()
    out = StringIO()
    call_command("smeditor_key", "--derived", stdout=out)
    printed = dict(line.split(": ", 1) for line in out.getvalue().splitlines())
    settings.DEBUG = False
    setting(SECRET_KEYS=printed["SECRET_KEYS"].split(","), PSEUDONYM_KEY=printed["PSEUDONYM_KEY"])
    assert Account.objects.get(pk=made.pk).secret == SECRET
    assert conf.pseudonym_key() == pseudonym


def test_after_a_rotation_the_old_key_is_not_needed_any_more(setting, db):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    setting(SECRET_KEYS=[old])
    made = account()
    setting(SECRET_KEYS=[new, old])
    call_command("smeditor_rotate", stdout=StringIO())
    assert Fernet(new).decrypt(stored().encode())
    setting(SECRET_KEYS=[new])
    assert Account.objects.get(pk=made.pk).secret == SECRET


def test_a_rotation_without_the_old_key_says_so_and_changes_nothing(setting, db):
    setting(SECRET_KEYS=[Fernet.generate_key().decode()])
    account()
    before = stored()
    setting(SECRET_KEYS=[Fernet.generate_key().decode()])
    with pytest.raises(CommandError, match="SECRET_KEYS lacks the key"):
        call_command("smeditor_rotate", stdout=StringIO())
    assert stored() == before


def test_the_newsrooms_clock_is_djangos_unless_it_has_its_own(settings, setting):
    settings.TIME_ZONE = "Europe/Lisbon"
    setting(TIME_ZONE="")
    assert conf.zone() == ZoneInfo("Europe/Lisbon")
    setting(TIME_ZONE="Europe/Paris")
    assert conf.zone() == ZoneInfo("Europe/Paris")
