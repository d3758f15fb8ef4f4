"""The story beside an article and a post: what was said, what changed since, and the ways to begin."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Site

from smeditor.desk import page_panel
from smeditor.models import Account, ArticleDrift, Delivery, Desk, Post, Role, Rule
from smeditor.models.approval import latest_revision, seen_hash
from tests.desk import world
from tests.desk.test_actions import DESK
from tests.desk.test_queries import more_drift
from tests.newsroom import factories

NEW = "The tram opens in June"


@pytest.fixture
def chief(desk, as_role):
    return as_role(Role.CHIEF)


def panel(client, article, name="social"):
    page = client.get(reverse("wagtailadmin_pages:edit", args=[article.pk]))
    return BeautifulSoup(page.content, "html.parser").select_one(f"[data-side-panel='{name}']")


@pytest.fixture
def editor_of_pages(client, desk):
    """Somebody who may edit pages and leads the desk."""
    user = world.make_user("nora", Role.CHIEF, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def drifted(desk):
    """A post whose article has another headline since."""
    post = world.make_post(
        f"{desk.article.title} {desk.article.full_url}", accounts=[desk.account], article=desk.article,
        created_by=desk.author, article_seen={"headline": desk.article.title}, angle="the date",
    )  # fmt: skip
    desk.article.title = NEW
    desk.article.save_revision().publish()
    return post


def test_the_page_editor_says_what_was_said_and_what_came_of_it(desk, editor_of_pages, client):
    Delivery.objects.filter(pk=desk.delivery.pk).update(state=Delivery.State.SENT)
    for kind in ("reply", "like"):
        world.make_reaction(account=desk.account, article=desk.article, delivery=desk.delivery, kind=kind)
    text = panel(client, desk.article).get_text(" ", strip=True)
    assert desk.post.text in text
    assert "1 answer" in text
    assert "1 other reaction" in text


def test_it_offers_headline_standfirst_quotes_and_the_texts_of_rules(desk, editor_of_pages, client):
    desk.article.body = [("quote", {"text": "It opens in May.", "who": "The mayor"})]
    desk.article.save()
    starts = [link["href"] for link in panel(client, desk.article).select(".sme-starts a")]
    assert [url.rpartition("start=")[2] for url in starts] == [
        "headline",
        "standfirst",
        "quote-0",
        f"rule-{desk.rule.pk}",
    ]
    texts = [BeautifulSoup(client.get(url).content, "html.parser").select_one("#id_text").text for url in starts]
    assert desk.article.title in texts[0]
    assert desk.article.standfirst in texts[1]
    assert "“It opens in May.” — The mayor" in texts[2]
    assert all(desk.article.full_url in text for text in texts)


@pytest.mark.parametrize("start", ["quote-9", "quote-x", "rule-99999999999999999999", "rule-", "\x00", "quote-0-0"])
def test_a_start_that_is_none_begins_as_usual(desk, chief, client, start):
    page = client.get(reverse("smeditor_posts:add"), {"article": desk.article.pk, "start": start})
    assert desk.article.title in BeautifulSoup(page.content, "html.parser").select_one("#id_text").text


def test_the_panel_is_not_there_for_other_pages_nor_for_who_sees_no_posts(desk, editor_of_pages, client):
    assert panel(client, desk.section) is None
    request = type("Request", (), {"user": world.make_user("moderator", Role.MODERATOR)})
    view = type(
        "View",
        (),
        {"expects_json_response": False, "hydrate_create_view": False, "page": desk.article, "request": request},
    )
    assert page_panel.panel_for(view) is None


def test_of_an_alias_the_source_counts(desk, editor_of_pages, client):
    alias = desk.article.create_alias(parent=Site.objects.get().root_page, update_slug="elsewhere")
    assert desk.post.text in panel(client, alias).get_text(" ", strip=True)
    opened = client.get(reverse("smeditor:article", args=[alias.pk]))
    assert desk.post.text in opened.content.decode()


def test_a_post_that_no_longer_matches_is_said_everywhere(desk, drifted, editor_of_pages, client):
    there = reverse("smeditor:post_drift", args=[drifted.pk])
    world.make_delivery(drifted, desk.account)
    for address in (
        reverse("wagtailadmin_pages:edit", args=[desk.article.pk]),
        reverse("smeditor:article", args=[desk.article.pk]),
        reverse("smeditor:articles"),
        reverse("smeditor:deliveries"),
        reverse("smeditor_posts:list") + "?story=open",
        reverse("smeditor_posts:edit", args=[drifted.pk]),
    ):
        assert there in client.get(address).content.decode(), address
    assert there not in client.get(reverse("smeditor_posts:list") + "?story=left").content.decode()


def test_the_page_shows_old_and_new_and_one_act_takes_the_update(desk, drifted, chief, client):
    page = BeautifulSoup(client.get(reverse("smeditor:post_drift", args=[drifted.pk])).content, "html.parser")
    assert page.select_one("ins").text == NEW
    form = next(form for form in page.select("main form") if form["action"].endswith("/take/"))
    data = {field["name"]: field["value"] for field in form.select("input") if field["name"] != "csrfmiddlewaretoken"}
    answer = client.post(form["action"], data, follow=True).content.decode()
    assert "The post holds the update." in answer
    assert Post.objects.get(pk=drifted.pk).text.startswith(NEW)
    assert latest_revision(drifted).user == chief


def test_leaving_it_is_said_with_who_did(desk, drifted, chief, client):
    state = ArticleDrift.objects.get().article_state
    client.post(reverse("smeditor:post_drift_leave", args=[drifted.pk]), {"state": state})
    assert ArticleDrift.objects.get().left_by == chief
    page = client.get(reverse("smeditor:post_drift", args=[drifted.pk])).content.decode()
    assert "Left as it is by" in page


def test_a_journalist_does_not_decide_about_a_colleagues_post(desk, drifted, as_role, client):
    as_role(Role.JOURNALIST)
    row = ArticleDrift.objects.get()
    page = client.get(reverse("smeditor:post_drift", args=[drifted.pk])).content.decode()
    assert "You may not change this post" in page
    for operation, data in (("take", {"seen": seen_hash(latest_revision(drifted))}), ("leave", {})):
        answer = client.post(
            reverse(f"smeditor:post_drift_{operation}", args=[drifted.pk]),
            {**data, "state": row.article_state},
            follow=True,
        )
        assert "You may not change this post" in answer.content.decode()
    assert ArticleDrift.objects.get().is_open


def test_what_is_about_no_article_has_nothing_to_take(desk, chief, client):
    reply = world.make_post("Thank you.", kind=Post.Kind.REPLY)
    assert (
        "The post is about no article." in client.get(reverse("smeditor:post_drift", args=[reply.pk])).content.decode()
    )
    answer = client.post(reverse("smeditor:post_drift_take", args=[reply.pk]), follow=True).content.decode()
    assert "Nothing was changed." in answer


def test_the_panel_asks_as_often_for_many_posts_as_for_few(desk, editor_of_pages, client):
    url = reverse("wagtailadmin_pages:edit", args=[desk.article.pk])

    def queries():
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    more_drift(desk, 3)
    few = queries()
    more_drift(desk, 20)
    assert queries() <= few


def test_the_accounts_of_the_rules_are_ticked_from_the_start(desk, as_role, client):
    as_role(DESK)
    usual = [world.make_account(f"usual{number}") for number in range(2)]
    french, paused = world.make_account("french", language="fr"), world.make_account("paused", state="paused")
    others = Desk.objects.create(name="Others", slug="others")
    foreign = world.make_account("foreign", desk=others)
    Rule.objects.get().accounts.set([*usual, french, paused, foreign])
    page = BeautifulSoup(client.get(reverse("smeditor_posts:add"), {"article": desk.article.pk}).content, "html.parser")
    ticked = {int(box["value"]) for box in page.select("input[name=accounts]") if box.has_attr("checked")}
    assert ticked == {account.pk for account in usual}


def test_where_no_rule_knows_the_accounts_of_ones_last_post_are_ticked(desk, as_role, client):
    user = as_role(DESK)
    Rule.objects.update(active=False)
    mine = world.make_account("mine")
    world.make_post("Before", accounts=[mine], article=desk.article, created_by=user)
    page = BeautifulSoup(client.get(reverse("smeditor_posts:add"), {"article": desk.article.pk}).content, "html.parser")
    ticked = {int(box["value"]) for box in page.select("input[name=accounts]") if box.has_attr("checked")}
    assert ticked == {mine.pk}


def rows(client, **asked):
    page = client.get(reverse("smeditor:articles"), asked)
    assert page.status_code == 200
    return {row.get_text(" ", strip=True) for row in BeautifulSoup(page.content, "html.parser").select("tbody .title")}


def test_the_list_of_articles_is_narrowed_by_posts_desk_and_section(desk, chief, client):
    sport = factories.make_section(Site.objects.get().root_page, "Sport")
    silent = factories.make_article(sport, title="Nobody spoke of it")
    city = Desk.objects.create(name="City", slug="city")
    Account.objects.filter(pk=desk.account.pk).update(desk=city)
    for asked, expected in (
        ({"posted": "no"}, {silent.title}),
        ({"posted": "yes"}, {desk.article.title}),
        ({"desk": city.pk}, {desk.article.title}),
        ({"desk": city.pk, "posted": "no"}, {silent.title}),
        ({"section": sport.pk}, {silent.title}),
        ({"posted": "drifted"}, set()),
        ({"section": "1' OR 1"}, {silent.title, desk.article.title}),
    ):
        assert rows(client, **asked) == expected, asked


def test_two_desks_with_one_story_are_said_on_its_page(desk, chief, client):
    for name in ("City", "Sport"):
        own = Desk.objects.create(name=name, slug=name.lower())
        account = world.make_account(name.lower(), desk=own)
        world.make_delivery(world.make_post(name, accounts=[account], article=desk.article), account)
    page = client.get(reverse("smeditor:article", args=[desk.article.pk])).content.decode()
    assert "Two desks tell this story" in page
