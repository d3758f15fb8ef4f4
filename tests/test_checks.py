"""The system checks of SMEDITOR say what is wrong and what to do."""

import pytest

from smeditor.checks import check_settings


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
        ({"SECRET_KEYS": []}, "smeditor.E003"),
        ({"PSEUDONYM_KEY": ""}, "smeditor.E004"),
        ({"TIME_ZONE": "Europe/Port-Alize"}, "smeditor.E005"),
        ({"LEASE": 10, "REQUEST_TIMEOUT": 15}, "smeditor.E006"),
        ({"BATCH": 0}, "smeditor.E006"),
        ({"ARTICLE_MODELS": ["articles.Nothing"]}, "smeditor.E007"),
        ({"ARTICLE_ADAPTER": ""}, "smeditor.E008"),
        ({"ARTICLE_ADAPTER": "nowhere.Adapter"}, "smeditor.E008"),
        ({"NETWORKS": {"x": "nowhere.Network"}}, "smeditor.E009"),
        ({"LATE_AFTER": {"scoop": 5}}, "smeditor.E010"),
        ({"LATE_AFTER": {"news": 0}}, "smeditor.E010"),
        ({"EMBEDDING": "nowhere.Model"}, "smeditor.E011"),
        ({"POLL_PLAN": []}, "smeditor.E012"),
    ],
)
def test_a_wrong_setting_is_named(settings, changes, expected):
    assert ids(settings, **changes) == [expected]


def test_an_unknown_key_comes_with_the_one_that_was_meant(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "SECRET_KEYZ": []}
    assert "SECRET_KEYS" in check_settings()[0].hint
