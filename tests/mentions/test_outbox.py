"""Which pages are to be told, when: an article's links when it is published, changed, withdrawn, deleted."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from wagtail.blocks import URLBlock
from wagtail.embeds.blocks import EmbedBlock
from wagtail.fields import StreamField
from wagtail.models import Page

from smeditor.articles import links_of
from smeditor.mentions import outbox
from smeditor.models import OutgoingMention

pytestmark = pytest.mark.django_db
BLOG = "https://blog.example/post"


@pytest.fixture(autouse=True)
def sends(settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "WEBMENTION_SENDS": True}


def write(article, *links: str, publish: bool = True):
    """Put the links into the article's body and publish it."""
    anchors = "".join(f'<a href="{link}">x</a> ' for link in links)
    page = article.specific
    page.body = [("paragraph", f"<p>See {anchors}</p>")]
    revision = page.save_revision()
    if publish:
        revision.publish()
    return Page.objects.get(pk=article.pk).specific


def rows():
    return {row.target: row for row in OutgoingMention.objects.order_by("pk")}


def due():
    return sorted(row.target for row in rows().values() if row.due_at is not None)


def sent():
    """As if all that is due had been sent."""
    OutgoingMention.objects.filter(due_at__isnull=False).update(state="sent", due_at=None, sent_at=timezone.now())


def test_the_links_of_an_article_are_found_wherever_they_stand(article):
    article.body = [
        ("paragraph", f'<p><a href="{BLOG}?a=1&amp;b=2">x</a> <a linktype="page" id="3">y</a></p>'),
        ("embed", {"url": "https://video.example/1", "title": "Video"}),
        ("fact_box", {"title": "Box", "text": "<p><a href='https://facts.example/'>z</a></p>"}),
        ("paragraph", '<p><a href="mailto:a@b.example">m</a> <a href="/local/">l</a></p>'),
    ]
    article.save()
    assert links_of(type(article).objects.get(pk=article.pk)) == (
        f"{BLOG}?a=1&b=2",
        "https://video.example/1",
        "https://facts.example/",
    )


def test_wagtails_own_embed_counts_as_a_link():
    field = StreamField([("embed", EmbedBlock()), ("address", URLBlock())])
    field.set_attributes_from_name("body")
    body = field.stream_block.to_python(
        [{"type": "embed", "value": "https://video.example/1"}, {"type": "address", "value": "https://a.example/"}]
    )
    page = SimpleNamespace(body=body, _meta=SimpleNamespace(get_fields=lambda: [field]))
    assert links_of(page) == ("https://video.example/1", "https://a.example/")


def test_a_published_article_is_to_be_told_of_to_each_page_once(article):
    page = write(article, BLOG, BLOG, "https://other.example/")
    assert due() == [BLOG, "https://other.example/"]
    row = rows()[BLOG]
    assert (row.source, row.article_key, row.host) == (page.full_url, page.pk, "blog.example")
    assert row.revision == page.live_revision_id


def test_nothing_is_told_to_ourselves_or_to_what_is_no_page(article):
    no_pages = ("mailto:a@b.example", "https://u:p@x.example/", "http://[::1#x")
    write(article, article.full_url, "https://www.paper.example/x/", *no_pages)
    assert rows() == {}


def test_nothing_is_noted_while_sending_is_off(article, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "WEBMENTION_SENDS": False}
    write(article, BLOG)
    assert rows() == {}


def test_a_draft_tells_nobody(article):
    write(article, BLOG, publish=False)
    assert rows() == {}


def test_the_same_revision_is_told_once(article):
    page = write(article, BLOG)
    sent()
    assert outbox.published(page, timezone.now()) == 0
    assert due() == []


def test_a_changed_article_is_told_again_to_old_and_new_pages(article):
    write(article, BLOG)
    sent()
    write(article, BLOG, "https://new.example/")
    assert due() == [BLOG, "https://new.example/"]


def test_a_page_whose_link_was_taken_out_is_told_so_that_it_may_forget(article):
    write(article, BLOG, "https://other.example/")
    sent()
    write(article, "https://other.example/")
    assert due() == [BLOG, "https://other.example/"]
    assert not rows()[BLOG].linked
    sent()
    write(article, "https://other.example/")
    assert due() == ["https://other.example/"]


def test_a_link_that_was_taken_out_before_anybody_was_told_need_never_be_known(article):
    write(article, BLOG)
    write(article, "https://other.example/")
    assert due() == ["https://other.example/"]
    assert rows()[BLOG].state == "withdrawn"


def test_a_link_that_is_put_back_is_told_again(article):
    for links in ([BLOG], [], [BLOG]):
        write(article, *links)
        sent()
    write(article, BLOG)
    assert due() == [BLOG]
    assert rows()[BLOG].linked


@pytest.mark.parametrize("withdraw", ["unpublish", "delete"])
def test_who_was_told_of_an_article_that_is_withdrawn_is_told_again(article, withdraw):
    page = write(article, BLOG)
    sent()
    getattr(page, withdraw)()
    assert due() == [BLOG]
    assert not rows()[BLOG].linked


@pytest.mark.parametrize("withdraw", ["unpublish", "delete"])
def test_nobody_is_told_of_an_article_that_is_withdrawn_before_it_was_told(article, withdraw):
    page = write(article, BLOG)
    getattr(page, withdraw)()
    assert due() == []
    assert rows()[BLOG].state == "withdrawn"


def test_an_article_that_cannot_be_read_for_its_links_is_published_all_the_same(article, monkeypatch):
    monkeypatch.setattr(outbox, "links_of", lambda page: 1 / 0)
    assert write(article, BLOG).live
    assert rows() == {}


def test_of_one_article_a_bounded_number_of_links_counts(article):
    write(article, *(f"https://site{number}.example/" for number in range(150)))
    assert len(rows()) == 100


def test_a_link_waits_from_the_moment_of_publication(article):
    before = timezone.now()
    write(article, BLOG)
    assert before <= rows()[BLOG].due_at <= timezone.now() + timedelta(seconds=1)
