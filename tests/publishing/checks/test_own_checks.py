"""A newsroom's own checks: found by their dotted path, and none of them stops the desk."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from smeditor.checks import check_settings
from smeditor.models import CheckSetting, Delivery, Post
from smeditor.publishing import preflight
from smeditor.publishing.checks import Check, Severity, Stage, own_checks, registry
from smeditor.publishing.engine import tick
from tests.publishing.conftest import NOON

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "checks.md"
leave = threading.Event()


def _no_questions(draft):
    if "?" in draft.text:
        yield "No questions: say it."


def _raises(draft):
    raise ValueError("secret text")
    yield


def _hangs(draft):
    leave.wait(30)
    return []


questions = Check("questions", "No questions", _no_questions, severity=Severity.ERROR)
raising = Check("raising", "Raises", _raises)
hanging = Check("hanging", "Hangs", _hangs)
to_the_end = Check("to_the_end", "To the end", _no_questions, Severity.ERROR, frozenset({Stage.SENDING}))
clash = Check("same_text", "Taken", _no_questions)
NAMES = {"questions", "raising", "hanging", "to_the_end", "clash"}


@pytest.fixture
def install(settings):
    def names(*checks: str) -> None:
        settings.SMEDITOR = {**settings.SMEDITOR, "PREFLIGHT_CHECKS": [f"{__name__}.{name}" for name in checks]}

    yield names
    leave.set()
    for thread in list(own_checks._hanging.values()):
        thread.join(5)
    leave.clear()
    own_checks._hanging.clear()


def unsaved(text: str, *accounts) -> Post:
    post = Post(text=text)
    post.accounts = accounts
    return post


def found(post: Post) -> dict[str, str]:
    return {
        finding.code: finding.sentence
        for finding in preflight.check(post, NOON).findings
        if finding.code in {*NAMES, "check_failed"}
    }


def test_an_own_check_stops_a_post_as_ours_do_and_a_desk_makes_it_quieter(install, make_account):
    install("questions")
    post = unsaved("Why?", make_account())
    assert found(post) == {"questions": "No questions: say it."}
    assert not preflight.check(post, NOON).ok
    CheckSetting.objects.create(code="questions", severity="info")
    assert preflight.check(post, NOON).ok


def test_a_check_that_raises_is_a_finding_and_the_others_still_speak(install, make_account):
    install("raising", "questions")
    result = found(unsaved("Why?", make_account()))
    assert set(result) == {"questions", "check_failed"}
    assert "ValueError" in result["check_failed"]
    assert "secret" not in result["check_failed"]


def test_a_check_that_does_not_come_back_is_left_behind_and_not_begun_again(install, make_account, monkeypatch):
    monkeypatch.setattr(own_checks, "SECONDS", 0.2)
    monkeypatch.setattr(own_checks.run, "__defaults__", (0.2,))
    install("questions", "hanging")
    post = unsaved("Why?", make_account())
    began = time.monotonic()
    assert set(found(post)) == {"questions", "check_failed"}
    before = threading.active_count()
    assert set(found(post)) == {"questions", "check_failed"}
    assert threading.active_count() == before
    assert time.monotonic() - began < 10


def test_a_check_that_says_so_is_asked_once_more_before_sending(install, make_account, make_post, no_time_passes):
    install("to_the_end")
    account = make_account()
    make_post(account, text="Why?")
    tick(Delivery.objects.get().slot, "worker")
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.state_reason) == ("scheduled", "No questions: say it.")


@pytest.mark.parametrize("path", [f"{__name__}.nothing", f"{__name__}.NAMES", f"{__name__}.clash"])
def test_what_is_no_check_is_named_when_the_site_starts(settings, path):
    settings.SMEDITOR = {**settings.SMEDITOR, "PREFLIGHT_CHECKS": [path]}
    assert "smeditor.E014" in {message.id for message in check_settings()}
    with pytest.raises(ImproperlyConfigured):
        registry.own()


def test_the_example_in_the_document_is_a_check_of_at_most_ten_lines(make_account):
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.S)
    assert len([line for line in example.splitlines() if line.strip()]) <= 10
    names: dict = {}
    exec(example, names)  # noqa: S102 - our own document
    (check,) = [value for value in names.values() if isinstance(value, Check)]
    account = make_account()
    (sentence,) = own_checks.run([check], [preflight.running.draft_of(unsaved("EXCLUSIVE: a tram", account), account)])
    assert "exclusive" in sentence.sentence.lower()
    assert own_checks.run([check], [preflight.running.draft_of(unsaved("A tram", account), account)]) == []
