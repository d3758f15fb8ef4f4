"""A chosen time is spoken of: in quiet hours, or too near to another post. A free slot is neither."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from smeditor.models import Delivery, Post, Variant
from smeditor.publishing import preflight
from tests.desk.world import make_delivery
from tests.publishing.conftest import NOON


def codes(post: Post) -> set[str]:
    return {finding.code for finding in preflight.check(post, NOON).findings} & {"quiet_hours", "gap"}


def unsaved(account, **fields) -> Post:
    post = Post(text="The tram opens.", **fields)
    post.accounts = [account]
    return post


@pytest.fixture
def account(make_account):
    return make_account(minimum_gap=10, quiet_from=time(22), quiet_until=time(6))


def test_a_time_in_the_quiet_hours_is_said(account):
    assert codes(unsaved(account, send_at=NOON + timedelta(hours=12))) == {"quiet_hours"}
    assert codes(unsaved(account, send_at=NOON + timedelta(hours=3))) == set()


def test_no_time_no_finding(account):
    assert codes(unsaved(account)) == set()


def test_a_time_that_has_passed_is_no_plan(account):
    assert codes(unsaved(account, send_at=NOON - timedelta(hours=12))) == set()


@pytest.mark.parametrize(("minutes", "found"), [(9, {"gap"}), (-9, {"gap"}), (10, set()), (-10, set())])
def test_another_post_too_near_is_said(account, make_post, minutes, found):
    there = NOON + timedelta(hours=3)
    make_delivery(make_post(account, live=False), account, slot=there + timedelta(minutes=minutes))
    assert codes(unsaved(account, send_at=there)) == found


def test_a_post_is_not_too_near_to_itself(account, make_post):
    there = NOON + timedelta(hours=3)
    post = make_post(account, live=False, send_at=there)
    make_delivery(post, account, slot=there)
    assert codes(post) == set()
    Delivery.objects.update(state=Delivery.State.CANCELLED)
    assert codes(unsaved(account, send_at=there)) == set()


def test_the_accounts_own_time_is_the_one_that_counts(account, make_post):
    post = make_post(account, live=False, send_at=NOON + timedelta(hours=3))
    post.variants.add(Variant(account=account, send_at=NOON + timedelta(hours=12)))
    assert codes(post) == {"quiet_hours"}
