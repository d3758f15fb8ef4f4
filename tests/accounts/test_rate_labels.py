"""A network's rates on the account's page: in words, and only those that still hold."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from smeditor.accounts.rate_labels import LABELS, rate_label
from smeditor.models import RateLimit
from smeditor.networks import rates
from smeditor.networks.graph import usage
from smeditor.networks.registry import network_classes
from smeditor.networks.x.parse import REACH_LISTS
from smeditor.networks.youtube.quota import DAILY
from smeditor.publishing.engine.rates import PAUSES
from tests.desk import world

NETWORKS = Path(rates.__file__).parent
NAMED = re.compile(r'bucket(?:: str)? ?= ?"([^"]+)"')
UNCOUNTED = {"graph"}
"""Meta counts by application, page and organisation, whatever is asked for."""


def test_every_rate_that_a_network_counts_has_words():
    written = {name for path in NETWORKS.rglob("*.py") for name in NAMED.findall(path.read_text())}
    sent = {name for cls in network_classes() for kind in PAUSES for name in cls.sending_rates.of(kind)}
    names = written | sent | {*usage.BUCKETS, *DAILY, *REACH_LISTS.values(), *PAUSES.values()}
    assert {name for name in names - UNCOUNTED if rate_label(name) not in LABELS.values()} == set()


def test_the_steps_of_an_upload_are_one_thing():
    assert rate_label("media finalize") == LABELS["media"]


@pytest.mark.django_db
def test_an_account_shows_what_is_left_and_how_long_it_waits(client, settings):
    settings.LANGUAGE_CODE = "en"
    client.force_login(world.make_user("nora", "chief"))
    account, now = world.make_account(), timezone.now()
    for bucket, limit, left, hours in (("statuses", 300, 12, 1), ("send reply", 0, 0, 1), ("mentions", 180, 7, -1)):
        RateLimit.objects.create(
            account=account, bucket=bucket, limit=limit, remaining=left, resets_at=now + timedelta(hours=hours)
        )
    page = client.get(f"/admin/smeditor/accounts/edit/{account.pk}/").content.decode()
    assert "12 of 300 left" in page
    assert "the network asks to wait until" in page
    assert "7 of 180 left" not in page
