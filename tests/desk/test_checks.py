"""The page of the checks and the word lists: who sees and sets what, and what the record says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from smeditor.models import CheckResult, CheckSetting, Desk, LinkCheck, Post, WordList
from smeditor.publishing import approval
from smeditor.publishing.checks import record
from tests.desk import world
from tests.desk.test_actions import DESK, messages_of

Outcome = CheckResult.Outcome


@pytest.fixture
def account(desk):
    return world.make_account("tone", no_exclamation=True)


@pytest.fixture
def loud(account):
    return world.make_post("The bridge is open!", [account], created_by=world.make_user("writer", DESK))


def save(client, post: Post, text: str):
    newest = post.get_latest_revision()
    names = ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")
    counts = {f"{rows}-{name}_FORMS": 0 for rows in ("variants", "media") for name in names}
    form = {
        **counts,
        "text": text,
        "accounts": [account.pk for account in post.accounts.all()],
        "news_class": "news",
        "repeat_times": 1,
        "loaded_revision_id": newest.pk,
        "loaded_revision_created_at": newest.created_at.isoformat(),
    }
    return client.post(reverse("smeditor_posts:edit", args=[post.pk]), form)


def outcomes(post: Post, code: str = "tone") -> list[str]:
    return list(CheckResult.objects.filter(post=post, code=code).order_by("pk").values_list("outcome", flat=True))


def test_what_a_check_finds_is_written_down_when_a_post_is_saved_and_once_only(client, as_role, loud):
    as_role(DESK)
    save(client, loud, "The bridge is open! Go there!")
    save(client, loud, "The bridge is open! Go there now!")
    assert outcomes(loud) == [Outcome.OPEN]


def test_a_changed_text_ends_it_and_says_by_whom(client, as_role, loud):
    me = as_role(DESK)
    save(client, loud, "Open! Really!")
    save(client, loud, "The bridge is open.")
    row = CheckResult.objects.get(post=loud, code="tone")
    assert (row.outcome, row.user) == (Outcome.CHANGED, me)


def test_approving_it_all_the_same_and_withdrawing_it_are_written_down(as_role, loud):
    me = as_role(DESK)
    approval.approve(loud, me, approval.shown_revision(loud))
    assert outcomes(loud) == [Outcome.APPROVED]
    Post.objects.get(pk=loud.pk).unpublish(user=me)
    assert outcomes(loud) == [Outcome.WITHDRAWN]


def test_saving_a_post_has_its_foreign_links_asked(client, as_role, loud):
    as_role(DESK)
    save(client, loud, "Read https://elsewhere.org/page")
    assert LinkCheck.objects.get().url == "https://elsewhere.org/page"


def test_the_record_is_kept_for_half_a_year(loud):
    now = timezone.now()
    for days in (1, 181):
        CheckResult.objects.create(post=loud, code="tone", severity="warning", at=now - timedelta(days=days))
    assert record.forget_old(now) == 1


def test_the_page_counts_what_became_of_each_check(client, as_role, loud, account):
    as_role(DESK)
    now = timezone.now()
    for outcome in (Outcome.CHANGED, Outcome.APPROVED, Outcome.APPROVED, Outcome.APPROVED):
        CheckResult.objects.create(
            post=loud, account=account, code="tone", severity="warning", at=now, outcome=outcome, outcome_at=now
        )
    page = client.get(reverse("smeditor:checks"))
    (line,) = [line for line in page.context["lines"] if line.code == "tone"]
    assert (line.tally.fired, line.tally.changed, line.tally.approved, line.approved_share) == (4, 1, 3, "75%")
    assert "The bridge is open!" in page.content.decode()
    other = Desk.objects.create(name="Sport", slug="sport")
    (line,) = [
        line
        for line in client.get(reverse("smeditor:checks"), {"desk": other.pk}).context["lines"]
        if line.code == "tone"
    ]
    assert line.tally.fired == 0


@pytest.mark.parametrize("days", ["", "31", "abc", "²"])
def test_the_page_opens_whatever_is_asked_of_it(client, as_role, days):
    as_role(DESK)
    assert client.get(reverse("smeditor:checks"), {"days": days, "desk": days}).status_code == 200


def test_a_desk_editor_makes_a_check_quieter_for_the_own_desk_and_for_no_other(client, as_role, desk):
    me = as_role("desk_editor")
    own, other = (Desk.objects.create(name=name, slug=name) for name in ("own", "other"))
    own.members.add(me)
    url = reverse("smeditor:check_set")
    assert "only tells" in messages_of(client.post(url, {"code": "tone", "desk": own.pk, "severity": "info"}))
    for data in ({"desk": other.pk}, {}):
        client.post(url, {"code": "tone", "severity": "info", **data})
    assert list(CheckSetting.objects.values_list("code", "desk", "severity")) == [("tone", own.pk, "info")]
    client.post(url, {"code": "tone", "desk": own.pk, "severity": ""})
    assert not CheckSetting.objects.exists()


@pytest.mark.parametrize("data", [{"code": "empty"}, {"code": "four_eyes"}, {"code": "tone", "severity": "loud"}, {}])
def test_what_cannot_be_set_is_refused_in_a_sentence(client, as_role, data):
    as_role("chief")
    page = client.post(reverse("smeditor:check_set"), {"severity": "info", **data})
    assert page.status_code == 302
    assert not CheckSetting.objects.exists()


def test_a_word_list_of_another_desk_is_seen_and_not_changed(client, as_role):
    me = as_role("desk_editor")
    own, other = (Desk.objects.create(name=name, slug=name) for name in ("own", "other"))
    own.members.add(me)
    lists = {desk: WordList.objects.create(name=f"List of {desk}", desk=desk) for desk in (own, other, None)}
    index = client.get(reverse("smeditor_word_lists:index")).content.decode()
    assert all(word_list.name in index for word_list in lists.values())
    edits = {desk: client.get(reverse("smeditor_word_lists:edit", args=[row.pk])) for desk, row in lists.items()}
    assert edits[own].status_code == 200
    assert all(
        client.get(reverse("smeditor_word_lists:edit", args=[lists[desk].pk])).status_code != 200
        for desk in (other, None)
    )


def test_a_desk_editor_makes_a_list_for_the_own_desk_only(client, as_role):
    me = as_role("desk_editor")
    own, other = (Desk.objects.create(name=name, slug=name) for name in ("own", "other"))
    own.members.add(me)
    for desk in (own, other, None):
        client.post(
            reverse("smeditor_word_lists:add"),
            {
                "name": f"List {desk}",
                "desk": desk.pk if desk else "",
                "language": "en",
                "severity": "warning",
                "active": "on",
                "entries-TOTAL_FORMS": 1,
                "entries-INITIAL_FORMS": 0,
                "entries-MIN_NUM_FORMS": 0,
                "entries-MAX_NUM_FORMS": 1000,
                "entries-0-pattern": "the killer",
                "entries-0-advice": "Write “the suspect”.",
            },
        )
    made = WordList.objects.get(starter__isnull=True)
    assert (made.desk, [row.pattern for row in made.entries.all()]) == (own, ["the killer"])
