"""Who is who on the web: addresses, ids and names that several share make nothing and nobody one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from smeditor.listening import erase, poll, recheck, web_presence
from smeditor.models import Reaction, ReactionText, Source, Tombstone
from tests.listening.sites import Comment, Thread, running_blog

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def blog():
    with running_blog() as blog:
        yield blog


@pytest.fixture
def now():
    return timezone.now()


def rss(*items: str) -> str:
    entries = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0'><channel><title>Links</title>{entries}</channel></rss>"


def texts() -> list[str]:
    return sorted(ReactionText.objects.values_list("text", flat=True))


def read(now) -> int:
    Source.objects.update(next_poll_at=now)
    return poll.run_due(now, "w")


class Links:
    """Two link blogs that write about the same article of ours, and give its address as their own."""

    @staticmethod
    def publish(blog, article, number: int, *further: str) -> None:
        link = article.full_url
        item = f"<guid>{link}</guid><link>{link}</link><title>Blog {number} has read this for you</title>"
        blog.show(f"/feed{number}", rss(item, *further), kind="application/rss+xml")


@pytest.fixture
def links(blog, article, now):
    for number in (1, 2):
        Links.publish(blog, article, number)
        Source.objects.create(kind="feed", url=f"{blog.url}/feed{number}")
    read(now)


def test_two_link_blogs_about_one_article_are_two(links):
    """L1: the address of what it is about is no entry's identity."""
    assert texts() == ["Blog 1 has read this for you", "Blog 2 has read this for you"]


def test_that_one_was_erased_is_no_reason_to_refuse_the_other(links, blog, article, now):
    """L1: a tombstone lies on one entry, not on the address that many give."""
    erase.erase(Reaction.objects.order_by("pk").first(), now)
    Links.publish(blog, article, 2, f"<link>{article.full_url}</link><title>And once more</title>")
    assert read(now + HOUR) == 1
    assert texts() == ["And once more", "Blog 2 has read this for you"]


def test_our_own_article_is_never_asked_whether_a_reader_s_word_is_there(links, now, monkeypatch):
    """L1: our article answers for itself alone; what has no address of its own is looked for in its feed."""
    asked = []
    monkeypatch.setattr("smeditor.networks.pages.PageSource.fetch", lambda _self, url: asked.append(url))
    recheck.run_due(now + 2 * HOUR)
    assert asked == []
    assert set(Reaction.objects.exclude(checked_at=None).values_list("presence", flat=True)) == {"alive"}


def test_an_address_that_two_stored_reactions_have_is_not_asked(links, blog):
    """L1: whatever the way in which they came by it."""
    Reaction.objects.update(permalink=f"{blog.url}/p1")
    assert web_presence.shared_permalinks(list(Reaction.objects.all()[:1])) == {f"{blog.url}/p1"}


def thread(blog, article, *comments: Comment) -> Thread:
    made = Thread(article.full_url, list(comments))
    show(blog, made)
    return made


def show(blog, made: Thread) -> None:
    status, html = made.answer()
    blog.show("/thread", html, status)


@pytest.fixture
def page(blog):
    return Source.objects.create(kind="page", url=f"{blog.url}/thread")


def test_five_who_sign_alike_are_five_people_also_when_they_are_read_again(blog, article, page, now):
    """L4: a name is no identity, and no reason to store or to count anybody twice."""
    thread(blog, article, *[Comment("Anonyme", f"My opinion on this, number {n}", f"c{n}") for n in range(5)])
    read(now)
    read(now + HOUR)
    assert Reaction.objects.values("reader").distinct().count() == Reaction.objects.count() == 5


def test_somebody_s_comment_under_a_new_anchor_is_still_theirs(blog, article, page, now):
    """L4: what was read before is known by who wrote what."""
    made = thread(blog, article, *[Comment("Anonyme", f"My opinion on this, number {n}", f"c{n}") for n in range(3)])
    read(now)
    before = dict(Reaction.objects.values_list("content__text", "reader"))
    for comment, anchor in zip(made.comments, ["c2", "c0", "c1"], strict=True):
        comment.anchor = anchor
    show(blog, made)
    read(now + HOUR)
    assert dict(Reaction.objects.values_list("content__text", "reader")) == before


def test_whoever_gets_the_anchor_of_another_is_not_them(blog, article, page, now):
    """L4: an anchor that is given anew brings neither the words nor the person that it belonged to."""
    made = thread(blog, article, *[Comment("Anonyme", f"My opinion on this, number {n}", f"c{n}") for n in range(3)])
    read(now)
    made.comments[1] = Comment("Anonyme", "Something else by somebody else", "c1")
    made.comments[1].name = "Zoé"
    show(blog, made)
    read(now + HOUR)
    assert Reaction.objects.values("reader").distinct().count() == 4


@pytest.mark.parametrize("anchored", [True, False])
def test_every_edit_of_a_web_comment_arrives(blog, article, page, now, anchored):
    """L3: the second and the third as well, though a page dates none."""
    comment = Comment("Léa", "First", "c1" if anchored else "")
    made = thread(blog, article, comment, Comment("Max", "Another opinion on all this", "c2" if anchored else ""))
    read(now)
    for hours, text in enumerate(["Second", "Third", "Fourth", "Third"], start=1):
        comment.text = text
        show(blog, made)
        read(now + hours * HOUR)
        assert text in texts()


def test_an_entry_whose_feed_dates_no_edit_is_followed_too(blog, article, now):
    """L3: a feed that changes its text and not its date."""
    Source.objects.create(kind="feed", url=f"{blog.url}/feed")
    for hours, text in enumerate(["One", "Two", "Three"]):
        item = f"<guid>{blog.url}/1</guid><title>{text}</title><pubDate>Tue, 10 Mar 2026 10:00:00 GMT</pubDate>"
        body = f"<description>&lt;a href='{article.full_url}'&gt;{text}&lt;/a&gt;</description>"
        blog.show("/feed", rss(item + body), kind="application/rss+xml")
        read(now + hours * HOUR)
    assert ReactionText.objects.get().text.startswith("Three")
    assert not Tombstone.objects.exists()


def test_one_id_for_all_entries_is_the_id_of_none_even_one_at_a_time(blog, article, now):
    """L1: a feed that shows one entry at a time under the same id."""
    Source.objects.create(kind="feed", url=f"{blog.url}/feed")
    for day, text in enumerate(["Bread", "Butter", "Honey"], start=10):
        item = f"<guid isPermaLink='false'>blog</guid><link>{blog.url}/{text}</link><title>{text} for breakfast</title>"
        dated = f"<pubDate>Tue, {day} Mar 2026 10:00:00 GMT</pubDate><description>&lt;a href='{article.full_url}'&gt;x&lt;/a&gt;"
        blog.show("/feed", rss(f"{item}{dated}</description>"), kind="application/rss+xml")
        read(now + day * HOUR)
    assert Reaction.objects.count() == 3


def test_a_comment_that_another_quotes_whole_is_another(blog, article, page, now):
    comment = Comment("Léa", "Is the tram free on Sundays as well?", "c1")
    thread(blog, article, comment, replace(comment, name="Max", anchor="c2"))
    assert read(now) == 2
