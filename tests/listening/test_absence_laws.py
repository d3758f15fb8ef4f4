"""Whatever a page does with its comments, none that exists is erased, and each that is gone is (law 4)."""

import os
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st

from smeditor.listening import poll, recheck
from smeditor.listening.known import LASTING
from smeditor.models import Conversation, Reaction, ReactionText, Reader, Source, Tombstone
from tests.listening.sites import TROUBLES, Comment, Thread, running_blog

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
CASES = int(os.environ.get("SMEDITOR_SITES", "20"))
"""Sites of each kind: few in the ordinary run (a site takes a second), 250 of each with ``SMEDITOR_SITES=250``."""
STEP = timedelta(hours=2)
NAMES = ["Léa", "Max", "Anonyme"]
CHANGES = ["delete", "edit", "add", "reorder", "new anchors", "numbered anchors", "no anchors", "other template", ""]
laws = fuzzing(
    max_examples=CASES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def blog():
    with running_blog() as blog:
        yield blog


def forget_everything():
    for model in (Reaction, Conversation, Reader, Tombstone, Source):
        model.objects.all().delete()


class Site:
    """A thread on a real server, and what the desk does about it as time goes by."""

    def __init__(self, blog, article, data) -> None:
        forget_everything()
        self.blog, self.data, self.now, self.number = blog, data, timezone.now(), 0
        self.thread = Thread(article.full_url)
        self.shown: list[Comment] = self.thread.comments
        for _ in range(data.draw(st.integers(2, 6))):
            self.add()
        self.number_anchors(data.draw(st.sampled_from(["c", ""])))
        self.source = Source.objects.create(kind="page", url=blog.url + "/thread")
        self.removed = 0
        self.read()

    def add(self) -> None:
        self.number += 1
        text = self.data.draw(st.sampled_from(["+1", f"Why is line {self.number} never on time, not even on Sundays?"]))
        self.shown.append(
            Comment(self.data.draw(st.sampled_from(NAMES)), text, f"c{self.number}x" if self.anchored else "")
        )

    @property
    def anchored(self) -> bool:
        return all(comment.anchor for comment in self.shown)

    def number_anchors(self, prefix: str) -> None:
        for place, comment in enumerate(self.shown):
            comment.anchor = f"{prefix}{place}" if prefix else ""

    def change(self, what: str) -> None:
        pick = self.data.draw(st.integers(0, len(self.shown) - 1))
        if what == "delete" and len(self.shown) > 1 and self.removed < 3:
            self.removed += 1
            del self.shown[pick]
        elif what == "edit":
            self.number += 1
            self.shown[pick].text = f"I take it back, edit {self.number} says what I think now."
        elif what == "add":
            self.add()
        elif what == "reorder":
            self.shown.reverse()
        elif what == "new anchors":
            self.number_anchors(f"n{self.data.draw(st.integers(0, 99))}-")
        elif what == "numbered anchors":
            self.number_anchors("c")
        elif what == "no anchors":
            self.number_anchors("")
        elif what == "other template":
            self.thread.layout = "other" if self.thread.layout == "blog" else "blog"

    def publish(self, trouble: str = "") -> None:
        self.thread.trouble = trouble
        status, html = self.thread.answer()
        self.blog.show("/thread", html, status)

    def read(self) -> None:
        """The page is well, and everything on it is read."""
        self.publish()
        self.poll()
        for comment in self.shown:
            comment.stored = comment.text

    def poll(self) -> None:
        self.now += STEP
        Source.objects.update(next_poll_at=self.now)
        poll.run_due(self.now, "w")

    def recheck(self) -> None:
        self.now += STEP
        Source.objects.update(refusals={}, failures=0)
        Reaction.objects.exclude(next_check_at=None).update(next_check_at=self.now)
        recheck.run_due(self.now)

    def assert_nothing_is_lost(self) -> None:
        exists = Counter(comment.text for comment in self.shown if comment.text == comment.stored)
        kept = Counter(ReactionText.objects.values_list("text", flat=True))
        assert not exists - kept


@laws
@given(data=st.data())
def test_no_comment_that_exists_is_erased_and_each_that_is_gone_is(blog, article, data):
    """L2: pages that page, are cut, refuse, change their anchors or their template, in any order."""
    site = Site(blog, article, data)
    site.assert_nothing_is_lost()
    for _step in range(data.draw(st.integers(1, 4))):
        site.change(data.draw(st.sampled_from(CHANGES)))
        site.publish(data.draw(st.sampled_from(["", *TROUBLES])))
        for action in data.draw(st.lists(st.sampled_from([site.poll, site.recheck]), min_size=1, max_size=3)):
            action()
            site.assert_nothing_is_lost()
        if data.draw(st.booleans()):
            site.read()
    site.read()
    site.now += LASTING  # what went with many others is believed to be gone when that has lasted
    for _check in range(3):
        site.recheck()
    assert Counter(ReactionText.objects.values_list("text", flat=True)) == Counter(
        comment.text for comment in site.shown
    )


ID_STYLES = {
    "its address": "<guid>{own}</guid>",
    "a number": "<guid isPermaLink='false'>{n}</guid><link>{own}</link>",
    "another address": "<guid isPermaLink='false'>{blog}/?p={n}</guid><link>{own}</link>",
    "a tag": "<guid isPermaLink='false'>tag:blog.example,2026:{n}</guid><link>{own}</link>",
    "none": "<link>{own}</link>",
    "one for all": "<guid isPermaLink='false'>blog</guid><link>{own}</link>",
    "the article": "<guid>{article}</guid><link>{article}</link>",
}
ANSWERS = {"there": 200, "refused": 403, "overloaded": 503, "removed": 404, "removed for ever": 410}


class Feed:
    """A blog's feed, a window on its newest posts, and the page of each post."""

    def __init__(self, blog, article, data) -> None:
        forget_everything()
        blog.pages.clear()
        self.blog, self.article, self.now = blog, article.full_url, timezone.now()
        self.style = data.draw(st.sampled_from(list(ID_STYLES)))
        self.answers: dict[int, str] = {}
        self.source = Source.objects.create(kind="feed", url=blog.url + "/feed")
        for _ in range(data.draw(st.integers(1, 4))):
            self.write()

    def write(self) -> None:
        self.answer(len(self.answers), "there")
        self.poll()

    def answer(self, number: int, how: str) -> None:
        self.answers[number] = how
        self.blog.show(f"/p{number}", "<html><body>A post</body></html>", ANSWERS[how])

    def show(self, window: int) -> None:
        items = "".join(self.item(number) for number in sorted(self.answers, reverse=True)[:window])
        feed = f"<rss version='2.0'><channel><title>Blog</title><link>{self.blog.url}/</link>{items}</channel></rss>"
        self.blog.show("/feed", feed, kind="application/rss+xml")

    def item(self, number: int) -> str:
        own = f"{self.blog.url}/p{number}"
        ids = ID_STYLES[self.style].format(own=own, n=number, blog=self.blog.url, article=self.article)
        body = f"&lt;a href='{self.article}'&gt;read&lt;/a&gt; post {number} here"
        date = f"<pubDate>Tue, {number + 1:02} Mar 2026 10:00:00 GMT</pubDate>"
        return f"<item>{ids}{date}<title>Post {number} on the tram</title><description>{body}</description></item>"

    def poll(self, window: int = 20) -> None:
        self.show(window)
        self.now += STEP
        Source.objects.update(next_poll_at=self.now)
        poll.run_due(self.now, "w")

    def recheck(self) -> None:
        self.now += STEP
        Source.objects.update(refusals={}, failures=0)
        Reaction.objects.exclude(next_check_at=None).update(next_check_at=self.now)
        recheck.run_due(self.now)

    def kept(self) -> set[int]:
        return {int(text.split()[1]) for text in ReactionText.objects.values_list("text", flat=True)}

    @property
    def existing(self) -> set[int]:
        return {number for number, how in self.answers.items() if not how.startswith("removed")}


@laws
@given(data=st.data())
def test_no_entry_that_exists_is_erased_and_each_whose_page_is_gone_is(blog, article, data):
    """L2: entries pass out of the feed's window, ids are none, or shared, or not their addresses; pages refuse."""
    feed = Feed(blog, article, data)
    assert feed.kept() == set(feed.answers)
    for _step in range(data.draw(st.integers(1, 4))):
        if feed.existing:  # what is gone does not come back
            number = data.draw(st.sampled_from(sorted(feed.existing)))
            feed.answer(number, data.draw(st.sampled_from(list(ANSWERS))))
        feed.show(data.draw(st.integers(0, 4)))
        for _check in range(data.draw(st.integers(1, 2))):
            feed.recheck()
        feed.poll(window=0)
        assert feed.existing <= feed.kept()
        if data.draw(st.booleans()):
            feed.write()
    for number in feed.existing:
        feed.answer(number, "there")
    for _check in range(3):
        feed.recheck()
    gone = set(feed.answers) if feed.style == "the article" else feed.existing
    assert feed.kept() >= feed.existing
    assert feed.kept() <= gone


class Chosen:
    """What a run of the laws would draw, written out."""

    def __init__(self, *values: object) -> None:
        self.values = iter(values)

    def draw(self, strategy: object) -> object:
        return next(self.values)


def test_numbers_that_are_dealt_out_anew_make_no_comment_another(blog, article):
    """Two by one author change places: the one that is shown under the other's number is no edit of it."""
    question = "Why is line 4 never on time, not even on Sundays?"
    comments = ("Why is line 1 late?", "Max", "+1", "Max", "+1", "Léa", question, "Max", "+1", "Anonyme")
    site = Site(blog, article, Chosen(5, *comments, "c", 0, 0))
    site.change("reorder")
    site.change("numbered anchors")
    site.publish("newest first, the rest on demand")
    for _round in range(2):
        site.poll()
        site.assert_nothing_is_lost()


def test_many_that_are_gone_at_once_are_erased_when_that_has_lasted(blog, article):
    """Three taken away and the fourth rewritten, without an anchor to tell that it is the same: all that is left is new."""
    comments = [
        part for number in range(1, 5) for part in (f"Why is line {number} never on time, not even on Sundays?", "Max")
    ]
    site = Site(blog, article, Chosen(4, *comments, "", 0, 0, 0, 0))
    before = {comment.text for comment in site.shown}
    for _time in range(3):
        site.change("delete")
    site.change("edit")
    site.read()
    for _check in range(3):
        site.recheck()
    assert before < set(ReactionText.objects.values_list("text", flat=True))
    site.now += LASTING
    for _check in range(2):
        site.recheck()
    assert set(ReactionText.objects.values_list("text", flat=True)) == {site.shown[0].text}
