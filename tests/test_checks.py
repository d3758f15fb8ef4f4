"""The system checks of SMEDITOR say what is wrong and what to do."""

import pytest
from django.apps import apps

from smeditor import checks
from smeditor.checks import check_apps, check_deployment, check_full_text, check_settings

ENDPOINT = "smeditor.networks.embedding_endpoint.Endpoint"


def ids(settings, **changes) -> list[str]:
    settings.SMEDITOR = {**settings.SMEDITOR, **changes}
    return [message.id for message in check_settings()]


def test_the_newsrooms_own_settings_are_right():
    assert check_settings() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"SECRET_KEY": ["x"]}, "smeditor.E001"),
        ({"TICK": "often"}, "smeditor.E002"),
        ({"TICK": True}, "smeditor.E002"),
        ({"SECRET_KEYS": ["short"]}, "smeditor.E003"),
        ({"SECRET_KEYS": []}, "smeditor.W003"),
        ({"PSEUDONYM_KEY": ""}, "smeditor.W004"),
        ({"TIME_ZONE": "Europe/Port-Alize"}, "smeditor.E005"),
        ({"LEASE": 10, "REQUEST_TIMEOUT": 15}, "smeditor.E006"),
        ({"BATCH": 0}, "smeditor.E006"),
        ({"ARTICLE_MODELS": []}, "smeditor.W002"),
        ({"ARTICLE_MODELS": ["articles.Nothing"]}, "smeditor.E007"),
        ({"ARTICLE_ADAPTER": ""}, "smeditor.E008"),
        ({"ARTICLE_ADAPTER": "nowhere.Adapter"}, "smeditor.E008"),
        ({"NETWORKS": {"x": "nowhere.Network"}}, "smeditor.E009"),
        ({"LATE_AFTER": {"scoop": 5}}, "smeditor.E010"),
        ({"LATE_AFTER": {"news": 0}}, "smeditor.E010"),
        ({"EMBEDDING": "nowhere.Model"}, "smeditor.E011"),
        ({"EMBEDDING": "tests.insight.tiny_model.ABOUT"}, "smeditor.E011"),
        ({"EMBEDDING": "tests.insight.tiny_model.embed", "EMBEDDING_OPTIONS": {"model": "x"}}, "smeditor.E011"),
        ({"EMBEDDING": ENDPOINT, "EMBEDDING_OPTIONS": {}}, "smeditor.E011"),
        ({"EMBEDDING": ENDPOINT, "EMBEDDING_OPTIONS": {"url": "https://m.example", "colour": 1}}, "smeditor.E011"),
        ({"POLL_PLAN": []}, "smeditor.E012"),
        ({"IMAGE_CREDIT": "caption"}, "smeditor.E015"),
        ({"METRICS_TOKEN": "short"}, "smeditor.E013"),
        ({"METRICS_TOKEN": "long enough but with spaces"}, "smeditor.E013"),
    ],
)
def test_a_wrong_setting_is_named(settings, changes, expected):
    assert ids(settings, **changes) == [expected]


def test_no_setting_at_all_starts_with_a_warning_for_each_thing_to_decide(settings):
    del settings.SMEDITOR
    settings.DEBUG = True
    assert [message.id for message in check_settings()] == ["smeditor.W003", "smeditor.W004", "smeditor.W002"]


def test_a_part_of_wagtail_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(apps, "is_installed", lambda name: name != "wagtail.documents")
    [missing] = check_apps()
    assert (missing.id, missing.hint) == ("smeditor.E016", "Add 'wagtail.documents' to INSTALLED_APPS.")


def test_production_needs_keys_of_its_own_whatever_debug_says(settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1/1"
    assert check_deployment() == []
    settings.SMEDITOR = {**settings.SMEDITOR, "SECRET_KEYS": [], "PSEUDONYM_KEY": ""}
    for settings.DEBUG in (True, False):
        assert [message.id for message in check_deployment()] == ["smeditor.E003", "smeditor.E004"]


def test_one_machine_is_warned_of_its_one_process(settings):
    settings.CELERY_BROKER_URL = "memory://"
    assert [message.id for message in check_deployment()] == ["smeditor.W001"]


def test_an_unknown_key_comes_with_the_one_that_was_meant(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "SECRET_KEYZ": []}
    assert "SECRET_KEYS" in check_settings()[0].hint


def test_metrics_without_an_address_are_warned_of(settings):
    assert ids(settings, METRICS_TOKEN="a-token-of-good-length") == []
    settings.ROOT_URLCONF = "wagtail.admin.urls"
    assert ids(settings, METRICS_TOKEN="a-token-of-good-length") == ["smeditor.W005"]


@pytest.mark.django_db
def test_a_database_without_full_text_search_is_named(monkeypatch):
    assert check_full_text(databases=["default"]) == []
    monkeypatch.setattr(checks, "can_search", lambda _connection: False)
    assert [message.id for message in check_full_text(databases=["default"])] == ["smeditor.W006"]
    assert check_full_text() == []
