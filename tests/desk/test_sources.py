"""The list of sources: how each stands, why, and the filter by it."""

from datetime import timedelta
from itertools import product

from django.utils import timezone

from smeditor.desk.sources import Health, health_of, in_health
from smeditor.listening import claims
from smeditor.models import Account, Source
from tests.desk import world

HOUR = timedelta(hours=1)


def make_sources() -> None:
    """One of every kind of state that a source may be in, however many hold at once."""
    now = timezone.now()
    states = product(
        (True, False),
        ("", "It does not answer."),
        (None, now - HOUR, now + HOUR),
        (None, 0.2, claims.SLOW),
        (None, now),
    )
    for number, (active, problem, poll_by, seconds, success) in enumerate(states):
        Source.objects.create(
            kind="feed", url=f"https://blog{number}.example/feed", active=active, problem=problem,
            poll_by=poll_by, seconds=seconds, last_success_at=success,
        )  # fmt: skip
    for listens in (True, False):
        account = world.make_account(handle=f"account-{listens}")
        Account.objects.filter(pk=account.pk).update(listens=listens)
        Source.objects.update_or_create(account=account, defaults={"kind": "account"})


def test_the_filter_finds_what_the_list_says(db):
    make_sources()
    health_by_id = {source.pk: health_of(source) for source in Source.objects.select_related("account")}
    found = {
        health: set(Source.objects.filter(in_health(health, timezone.now())).values_list("pk", flat=True))
        for health in Health.values
    }
    assert found == {health: {pk for pk, is_so in health_by_id.items() if is_so == health} for health in Health.values}
    assert all(found.values()), "every state occurs"


def test_the_list_says_why_a_source_is_late_or_slow(as_role, client):
    as_role(superuser=True)
    Source.objects.create(kind="feed", name="Late", url="https://late.example/", poll_by=timezone.now() - HOUR)
    Source.objects.create(
        kind="feed", name="Slow", url="https://slow.example/", seconds=9, last_success_at=timezone.now()
    )
    page = client.get("/admin/smeditor/sources/").content.decode()
    assert "There is more to read than the workers can read in time" in page
    assert "It took 9 seconds to answer" in page
    page = client.get("/admin/smeditor/sources/", {"health": "slow"}).content.decode()
    assert "slow.example" in page or "Slow" in page
    assert "Late" not in page
