"""The note from one shift to the next: made by what its maker sees, kept as it was, read by who may see such figures."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from smeditor.accounts.spending import month_of
from smeditor.models import Account, Delivery, Handover, RateLimit, Spending
from smeditor.models.handovers import LONGEST_NOTE
from tests.desk import world
from tests.plans import plans_of

pytestmark = pytest.mark.django_db


def hand_over(client, **data):
    since = timezone.now() - timedelta(hours=8)
    return client.post(reverse("smeditor:handover_new"), {"since": f"{since:%Y-%m-%dT%H:%M}", "text": "", **data})


def kept_counts():
    return {figure["name"]: figure for figure in Handover.objects.latest("pk").counts}


def test_it_keeps_what_waits_fails_expires_and_costs(client, as_role, desk):
    as_role("chief")
    now = timezone.now()
    for state in (Delivery.State.LATE, Delivery.State.HUMAN):
        world.make_delivery(world.make_post(accounts=[desk.account]), desk.account, state=state)
    world.make_account("gone", state=Account.State.FAILED, state_reason="The token was revoked.")
    soon = world.make_account("soon", reconnect_by=now + timedelta(days=3), daily_quota=4)
    RateLimit.objects.create(
        account=soon, bucket="statuses", limit=300, remaining=3, resets_at=now + timedelta(hours=1)
    )
    Spending.objects.create(account=soon, month=month_of(now), operation="post", count=3, amount=Decimal("4.50"))
    assert hand_over(client, text="The bridge.").status_code == 302
    kept = kept_counts()
    assert {name: kept[name]["n"] for name in ("late", "doubtful", "holds", "corrections")} == {
        "late": 1, "doubtful": 1, "holds": 1, "corrections": 1,
    }  # fmt: skip
    assert kept["failing"]["rows"] == [{"account": "gone (Mastodon)", "reason": "The token was revoked."}]
    assert kept["expiring"]["n"] == 1
    assert [(row["left"], row["most"]) for row in kept["quotas"]["rows"]] == [(3, 300)]
    assert kept["spending"]["rows"] == [{"account": "soon (Mastodon)", "amount": "4.50", "ceiling": "–"}]
    page = client.get(reverse("smeditor:handover", args=[Handover.objects.latest("pk").pk])).content.decode()
    assert "soon (Mastodon): 4.50 US dollars, at most –" in page


def test_the_figures_stay_as_they_were(client, as_role, desk):
    as_role("chief")
    hand_over(client)
    before = kept_counts()
    Delivery.objects.update(state=Delivery.State.LATE)
    note = Handover.objects.latest("pk")
    client.post(reverse("smeditor:handover", args=[note.pk]), {"text": "Look at the bridge.", "shown": ""})
    note.refresh_from_db()
    assert (note.text, kept_counts()) == ("Look at the bridge.", before)
    assert note.changed_at is not None


def test_no_text_of_a_post_or_a_reader_is_kept(client, as_role, desk):
    as_role("chief")
    hand_over(client)
    kept = str(Handover.objects.latest("pk").counts)
    assert desk.post.text not in kept
    assert desk.reaction.content.text not in kept


def test_figures_are_read_by_those_only_who_may_see_such(client, as_role, desk):
    as_role("chief")
    hand_over(client)
    note = Handover.objects.latest("pk")
    reader = world.make_user("reads-notes")
    names = ["access_admin", "view_handover", "view_delivery"]
    reader.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(reader)
    page = client.get(reverse("smeditor:handover", args=[note.pk])).content.decode()
    assert "Posts that went out" in page
    assert "Accounts that cost money" not in page
    assert "Claimed errors" not in page


def test_who_makes_it_counts_what_they_see(client, desk):
    user = world.make_user("hands-over")
    names = ["access_admin", "view_handover", "add_handover", "view_account"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    hand_over(client)
    assert set(kept_counts()) == {"failing", "expiring", "quotas", "spending"}


def test_nobody_changes_anothers_words(client, as_role, desk):
    as_role("chief")
    response = client.post(reverse("smeditor:handover", args=[desk.handover.pk]), {"text": "Mine.", "shown": ""})
    assert response.status_code in (302, 403)
    assert Handover.objects.get(pk=desk.handover.pk).text == "The bridge is open."


def test_words_that_another_window_changed_are_not_written_over(client, as_role, desk):
    user = as_role("chief")
    Handover.objects.filter(pk=desk.handover.pk).update(made_by=user, changed_at=timezone.now())
    page = client.post(reverse("smeditor:handover", args=[desk.handover.pk]), {"text": "Mine.", "shown": ""})
    content = page.content.decode()
    assert "changed in another window" in content
    assert "Mine." in content
    assert "The bridge is open." in content
    assert Handover.objects.get(pk=desk.handover.pk).text == "The bridge is open."


@pytest.mark.parametrize("since", ["", "yesterday", "2999-01-01T00:00", "1999-01-01T00:00", "\x00"])
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(client, as_role, desk, since):
    as_role("chief")
    number = Handover.objects.count()
    page = hand_over(client, since=since, text="The bridge stays closed.").content.decode()
    assert "The bridge stays closed." in page
    assert Handover.objects.count() == number


def test_words_without_end_are_refused_and_kept_in_the_form(client, as_role, desk):
    as_role("chief")
    page = hand_over(client, text="x" * (LONGEST_NOTE + 1)).content.decode()
    assert "x" * (LONGEST_NOTE + 1) in page


def test_a_note_begins_where_the_last_one_ended(client, as_role, desk):
    as_role("chief")
    until = timezone.now() - timedelta(hours=3)
    Handover.objects.update(until=until)
    initial = client.get(reverse("smeditor:handover_new")).context_data["form"].initial["since"]
    assert initial.endswith(f":{until:%M}")


def test_the_home_page_leads_to_the_last_one(client, as_role, desk):
    as_role("social_editor")
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("smeditor:handover", args=[desk.handover.pk]) in page
    assert reverse("smeditor:handover_new") in page


def test_it_asks_as_often_for_many_accounts_as_for_few(client, as_role, desk):
    as_role("chief")

    def queries():
        client.get(reverse("smeditor:handover_new"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("smeditor:handover_new"))
        return len(asked)

    few = queries()
    now = timezone.now()
    for number in range(30):
        account = world.make_account(f"a{number}", reconnect_by=now, state=Account.State.FAILED, daily_quota=1)
        Spending.objects.create(account=account, month=month_of(now), operation="post", amount=1)
        RateLimit.objects.create(
            account=account, bucket="api", limit=9, remaining=0, resets_at=now + timedelta(hours=1)
        )
    assert queries() == few


def test_the_newest_is_found_by_its_index(desk):
    Handover.objects.bulk_create(
        Handover(made_by=desk.author, made_at=timezone.now(), since=timezone.now(), until=timezone.now())
        for _ in range(500)
    )
    assert "smeditor_handover_made" in plans_of(lambda: Handover.objects.order_by("-made_at", "-pk")[:1])
