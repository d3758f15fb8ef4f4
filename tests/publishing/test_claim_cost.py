"""What a claim costs does not depend on what was delivered before: the database looks at what is open only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from bench.delivery.past import add_past
from smeditor.models import Delivery
from smeditor.publishing.engine import claim
from tests.plans import refresh_statistics
from tests.publishing.conftest import NOON
from tests.publishing.harness.fill import fill

pytestmark = pytest.mark.django_db
PAST = 5_000


@pytest.fixture
def crowded(make_account):
    """A table with thousands of past deliveries and a few that are due."""
    account = make_account()
    fill(account, 5, NOON)
    add_past(account, PAST)
    refresh_statistics([Delivery])
    return account


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (lambda: claim.due(NOON + timedelta(seconds=1)).order_by("due_at", "pk"), "smeditor_delivery_due"),
        (lambda: claim.unfinished().filter(due_at__lte=NOON), "smeditor_delivery_due"),
    ],
    ids=["what is due", "what a look at an empty queue asks"],
)
def test_the_queue_is_looked_up_in_an_index_of_what_is_open(crowded, rows, index):
    assert index in rows().explain()


def test_a_claim_reads_few_rows_however_many_were_delivered(crowded):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL tells how many rows it read")
    plan = claim.due(NOON + timedelta(seconds=1)).order_by("due_at", "pk").explain(analyze=True, buffers=True)
    assert "Seq Scan on smeditor_delivery" not in plan
