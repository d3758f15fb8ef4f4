"""A hold whose review time has come is written about, once, to those whom it concerns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from smeditor.models import Desk, Hold
from smeditor.publishing import holds, reminders
from tests.publishing.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def hold(editor, make_account) -> Hold:
    editor.email = "edith@paper.example"
    editor.save()
    desk = Desk.objects.create(name="City", slug="city", email="city@paper.example")
    return holds.place("desk", "A crash", editor, review_at=NOON + timedelta(hours=1), desk=desk)


def test_a_hold_is_not_written_about_before_its_time(hold):
    assert reminders.remind(NOON) == 0


def test_its_desk_and_who_placed_it_are_reminded_once(hold):
    assert [reminders.remind(NOON + timedelta(hours=hours)) for hours in (1, 2, 3)] == [1, 0, 0]
    assert mail.outbox[0].to == ["city@paper.example", "edith@paper.example"]
    assert "A crash" in mail.outbox[0].subject


def test_a_lifted_hold_is_forgotten(hold, editor):
    holds.lift(hold, editor, NOON)
    assert reminders.remind(NOON + timedelta(hours=2)) == 0
