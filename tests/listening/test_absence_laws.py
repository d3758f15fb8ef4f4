"""Whatever a page does with its comments, none that exists is erased, and each that is gone is (law 4)."""

import os
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st

from smeditor.listening import poll, truth
from smeditor.models import Conversation, Reaction, ReactionText, Reader, Source, Tombstone
from tests.listening.sites import TROUBLES, Comment, Thread, running_blog

pytestmark = pytest.mark.django_db
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
        words = self.data.draw(
            st.sampled_from(["+1", f"Why is line {self.number} never on time, not even on Sundays?"])
        )
        self.shown.append(
            Comment(self.data.draw(st.sampled_from(NAMES)), words, f"c{self.number}x" if self.anchored else "")
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
            self.shown[pick].words = f"I take it back, edit {self.number} says what I think now."
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
            comment.stored = comment.words

    def poll(self) -> None:
        self.now += STEP
        Source.objects.update(next_poll_at=self.now)
        poll.run_due(self.now, "w")

    def recheck(self) -> None:
        self.now += STEP
        Source.objects.update(refusals={}, failures=0)
        Reaction.objects.exclude(next_check_at=None).update(next_check_at=self.now)
        truth.run_due(self.now)

    def assert_nothing_is_lost(self) -> None:
        exists = Counter(comment.words for comment in self.shown if comment.words == comment.stored)
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
    for _look in range(3):
        site.recheck()
    assert Counter(ReactionText.objects.values_list("text", flat=True)) == Counter(one.words for one in site.shown)
