"""What a page counts and leafs through is bounded: a large newsroom reads no more of itself than a small one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.paginator import EmptyPage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from smeditor import conf
from smeditor.desk import capped, search
from smeditor.models import Delivery, Hold, Reaction, ReactionText
from smeditor.models.full_text import REACTIONS
from tests.desk import world
from tests.plans import refresh_statistics


@pytest.mark.django_db
@pytest.mark.parametrize(("there", "counted"), [(0, 0), (4, 4), (5, 5), (6, 6), (9, 6)])
def test_a_count_stops_one_above_its_bound(there, counted):
    Hold.objects.bulk_create(Hold(scope="topic", topic=str(n), reason="r") for n in range(there))
    assert capped.capped_count(Hold.objects.all(), 5) == counted


@pytest.mark.parametrize(
    ("number", "language", "expected"),
    [(12, "en", "12"), (1000, "en", "1,000"), (1001, "en", "1,000+"), (1001, "fr", "1\u202f000+")],
)
def test_a_capped_count_says_that_there_are_more(number, language, expected):
    with translation.override(language):
        assert capped.shown(number).replace("\xa0", "\u202f") == expected


@pytest.mark.django_db
def test_a_list_is_leafed_through_as_far_as_its_bound(monkeypatch):
    monkeypatch.setattr(capped, "LISTED", 6)
    Hold.objects.bulk_create(Hold(scope="topic", topic=str(n), reason="r") for n in range(9))
    pages = capped.CappedPaginator(Hold.objects.order_by("pk"), 4)
    assert (pages.count, pages.num_pages) == (6, 2)
    assert pages.items_count_label.startswith("6+ ")
    assert len(pages.page(2).object_list) == 2
    with pytest.raises(EmptyPage):
        pages.page(3)


@pytest.mark.django_db
def test_the_finds_of_a_frequent_word_are_leafed_through_as_far_as_their_own_bound(monkeypatch):
    monkeypatch.setattr(search, "FEW", 2)
    monkeypatch.setattr(capped, "FOUND", 3)
    for number in range(5):
        world.make_reaction(f"La navette {number}")
    rows = Reaction.objects.order_by("-pk")
    found = search.full_text_search(rows, "navette", REACTIONS, ["content__text"], "content__")
    pages = capped.CappedPaginator(found, 2)
    assert (pages.count, pages.num_pages) == (3, 2)
    assert pages.items_count_label.startswith("3+ ")
    assert capped.CappedPaginator(rows, 2).count == 5


@pytest.mark.django_db
def test_a_word_that_the_statistics_call_frequent_is_not_looked_up_to_learn_that_it_is(monkeypatch):
    """PostgreSQL's index gives out the first find when it has them all: a frequent word cost that twice, on each page."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's full-text index is asked once")
    monkeypatch.setattr(search, "FEW", 20)
    for number in range(100):
        world.make_reaction(f"La navette {number}" + (" passerelle" if number == 7 else ""))
    refresh_statistics([Reaction, ReactionText])

    def find(word: str) -> tuple[int, bool]:
        rows = Reaction.objects.order_by("-pk")
        with CaptureQueriesContext(connection) as captured:
            found = search.full_text_search(rows, word, REACTIONS, ["content__text"], "content__")
        return found.count(), any("LIMIT 21" in query["sql"] for query in captured)

    assert find("navettes") == (100, False)
    assert find("passerelles") == (1, True)


@pytest.mark.django_db
def test_no_count_of_the_desk_reads_a_whole_table(desk, client):
    """The kind: a number in the menu that cost half a second on every page of the admin."""
    client.force_login(world.make_user("boss", is_superuser=True))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("smeditor:inbox"))
    counts = [query["sql"] for query in captured if re.match(r"SELECT COUNT\(\*\)", query["sql"])]
    assert [sql for sql in counts if "smeditor_" in sql and "LIMIT" not in sql] == []


@pytest.mark.django_db
def test_a_busy_day_shows_its_first_deliveries_and_leads_to_the_others(desk, client, monkeypatch):
    monkeypatch.setattr("smeditor.desk.planning.grid.IN_CELL", 3)
    monkeypatch.setattr("smeditor.desk.planning.calendar.IN_LIST", 3)
    noon = timezone.localtime(timezone=conf.zone()).replace(hour=12, minute=0, second=0, microsecond=0)
    ours = []
    for number in range(5):
        post = world.make_post(f"Post {number}", accounts=[desk.account], article=desk.article, created_by=desk.author)
        delivery = world.make_delivery(post, desk.account)
        Delivery.objects.filter(pk=delivery.pk).update(slot=noon + timedelta(minutes=number))
        ours.append(delivery.pk)
    Delivery.objects.exclude(pk__in=ours).delete()
    client.force_login(world.make_user("boss", is_superuser=True))
    page = client.get(reverse("smeditor:calendar"))
    content = page.content.decode()
    for number in range(5):
        assert (f"Post {number}" in content) is (number < 3)
    assert "2 more" in content
    address = re.search(r'class="sme-more"\s+href="([^"]+)"', content)[1].replace("&amp;", "&")
    listed = client.get(address).content.decode()
    assert all(f"Post {number}" in listed for number in range(5))


@pytest.mark.django_db
def test_each_day_of_the_week_tells_how_many_go_out_and_leads_to_its_list(desk, client):
    tuesday = datetime(2026, 3, 10, 12, tzinfo=UTC)
    for number in range(3):
        post = world.make_post(f"Post {number}", accounts=[desk.account], article=desk.article, created_by=desk.author)
        delivery = world.make_delivery(post, desk.account)
        Delivery.objects.filter(pk=delivery.pk).update(slot=tuesday + timedelta(minutes=number))
    client.force_login(world.make_user("boss", is_superuser=True))
    page = client.get(reverse("smeditor:calendar"), {"date": "2026-03-12"})
    numbers = {day: number for day, number, _address in page.context_data["days"]}
    assert (numbers[tuesday.date()], page.context_data["listed"]) == (3, [])
    assert f'href="?view=week&amp;date={tuesday.date()}#day"' in page.content.decode()
    listed = client.get(reverse("smeditor:calendar"), {"date": "2026-03-10"}).context_data["listed"]
    assert [str(delivery.post) for delivery, _own_time in listed] == ["Post 0", "Post 1", "Post 2"]


@pytest.mark.django_db
def test_the_day_of_a_week_is_read_with_its_posts_only_for_what_is_listed(desk, client):
    """The kind: every delivery of the day was read with its post and its account, and then sorted."""
    client.force_login(world.make_user("boss", is_superuser=True))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("smeditor:calendar"))
    deliveries = [query["sql"] for query in captured if 'FROM "smeditor_delivery"' in query["sql"]]
    read = [sql for sql in deliveries if '"smeditor_post"."article_title"' in sql]
    assert read
    assert all('"smeditor_delivery"."id" IN (' in sql and "LIMIT" not in sql for sql in read)


@pytest.mark.django_db
def test_articles_are_counted_in_no_order(desk, client):
    """Wagtail's table has no index in the order of publication: each count sorted all articles there are."""
    client.force_login(world.make_user("boss", is_superuser=True))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("smeditor:articles"))
    counts = [sql for query in captured if "COUNT(*)" in (sql := query["sql"]) and "wagtailcore_page" in sql]
    assert [sql for sql in counts if "LIMIT" in sql]
    assert all("ORDER BY" not in sql for sql in counts)


@pytest.mark.django_db
def test_what_lies_beyond_the_last_page_of_the_inbox_is_found_by_its_day(desk, client):
    old = world.make_reaction("An old question?", account=desk.account, article=desk.article)
    day = timezone.now() - timedelta(days=400)
    type(old).objects.filter(pk=old.pk).update(published_at=day)
    client.force_login(world.make_user("boss", is_superuser=True))
    on = timezone.localtime(day).date().isoformat()
    asked = {"published_at_from": on, "published_at_to": on}
    page = client.get(reverse("smeditor:inbox"), asked)
    assert [reaction.pk for reaction in page.context_data["object_list"]] == [old.pk]
