"""A database or a storage that does not answer for a while makes nothing final (law 5).

The kind: a broad ``except`` that was meant for broken input and caught a lost connection with it. The fault harness found
it on a slow machine: a post was refused for good because the database was locked while its picture was made.
"""

from __future__ import annotations

import errno
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.images import ImageFile
from django.db import InterfaceError, OperationalError
from PIL import Image as Pillow
from wagtail.images import get_image_model
from wagtail.images.models import SourceImageIOError

from smeditor.articles import page_fields, page_urls
from smeditor.exceptions import Refused, Temporary
from smeditor.insight.corrections import requests
from smeditor.insight.labels import intake
from smeditor.models import Delivery, PublishedArticle
from smeditor.networks.base import Limits
from smeditor.publishing import pictures, rules
from smeditor.publishing.engine import messages, send, tick
from tests.newsroom import factories
from tests.publishing.conftest import NOON

pytestmark = pytest.mark.django_db

PASSING = [
    OperationalError("database is locked"),
    InterfaceError("connection already closed"),
    ConnectionResetError("the storage's"),
    TimeoutError("the storage's"),
    OSError(errno.EIO, "Input/output error"),
    type("ClientError", (Exception,), {})("SlowDown"),
]
FINAL = [
    OSError("cannot write mode I;16 as JPEG"),
    SyntaxError("not a PNG file"),
    EOFError("the file ends too early"),
    Pillow.DecompressionBombError("too large"),
]
DATABASE = PASSING[:2]


def of(value: Exception) -> str:
    return type(value).__name__


class Adapter:
    """A host's adapter whose reading fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def _fail(self, *args, **kwargs):
        raise self.error

    image_bytes = facts = _fail


@pytest.fixture
def image():
    content = BytesIO()
    Pillow.new("RGB", (8, 8)).save(content, "PNG")
    return get_image_model().objects.create(title="Tram", file=ImageFile(BytesIO(content.getvalue()), "tram.png"))


@pytest.fixture
def entry(image):
    return {"id": image.pk, "alt": "A tram", "file_hash": image.get_file_hash()}


@pytest.mark.parametrize("error", PASSING, ids=of)
def test_a_picture_that_cannot_be_read_for_the_moment_is_tried_again(error, entry, monkeypatch):
    monkeypatch.setattr(pictures, "article_adapter", lambda: Adapter(error))
    with pytest.raises(Temporary):
        pictures.picture(entry, Limits(500, "characters"))


@pytest.mark.parametrize("error", FINAL, ids=of)
def test_a_picture_that_no_decoder_can_read_is_refused_with_a_sentence(error, entry, monkeypatch):
    monkeypatch.setattr(pictures, "article_adapter", lambda: Adapter(error))
    with pytest.raises(Refused, match="cannot be opened"):
        pictures.picture(entry, Limits(500, "characters"))


@pytest.mark.parametrize(
    ("cause", "expected"), [(FileNotFoundError(2, "gone"), Refused), (OSError(5, "I/O"), Temporary)]
)
def test_a_file_that_is_gone_is_told_from_a_storage_that_does_not_answer(cause, expected, image, entry, monkeypatch):
    def rendition(*args):
        raise SourceImageIOError(str(cause)) from cause

    monkeypatch.setattr(get_image_model(), "get_rendition", rendition)
    with pytest.raises(expected):
        pictures.picture(entry, Limits(500, "characters"))


@pytest.mark.parametrize(
    ("cause", "expected"), [(FileNotFoundError(2, "gone"), Refused), (OSError(5, "I/O"), Temporary)]
)
def test_so_is_one_of_which_no_hash_is_known_yet(cause, expected, image, entry, monkeypatch):
    def opened(*args):
        raise SourceImageIOError(str(cause)) from cause

    get_image_model().objects.filter(pk=image.pk).update(file_hash="")
    monkeypatch.setattr(get_image_model(), "open_file", opened)
    with pytest.raises(expected):
        pictures.picture(entry, Limits(500, "characters"))


def test_what_was_frozen_while_its_file_could_not_be_read_is_not_sent_once_it_can(image, entry):
    with pytest.raises(Refused, match="changed after the approval"):
        pictures.picture({**entry, "file_hash": ""}, Limits(500, "characters"))


@pytest.mark.parametrize("error", DATABASE, ids=of)
def test_a_post_whose_preparation_met_a_locked_database_goes_out_later(error, make_account, make_post, monkeypatch):
    make_post(make_account("plain"))
    real, failures = messages.message_for, [error] * (send.UNEXPECTED_TRIES + 2)

    def message_for(*args, **kwargs):
        if failures:
            raise failures.pop()
        return real(*args, **kwargs)

    monkeypatch.setattr(messages, "message_for", message_for)
    for _round in range(send.UNEXPECTED_TRIES + 3):
        due_at = Delivery.objects.get().due_at
        with time_machine.travel(due_at, tick=False):
            tick(due_at, "worker")
    assert Delivery.objects.get().state == Delivery.State.SENT


@pytest.mark.parametrize("error", DATABASE, ids=of)
def test_an_article_that_met_a_locked_database_is_asked_for_again(error, article, monkeypatch):
    rules.record(article, NOON)
    monkeypatch.setattr(rules, "article_adapter", lambda: Adapter(error))
    assert rules.run_due(NOON + timedelta(minutes=1)) == 0
    entry = PublishedArticle.objects.get(article_key=article.pk)
    assert (entry.handled_at, entry.error) == (None, "")
    monkeypatch.undo()
    assert rules.run_due(NOON + timedelta(minutes=2)) == 1


def test_an_article_that_meets_it_again_and_again_holds_up_no_other(article, section, monkeypatch):
    other = factories.make_article(section, "Another story")
    real = rules.article_adapter()

    class Halting:
        def facts(self, page):
            if page.pk == article.pk:
                raise OperationalError("canceling statement due to statement timeout")
            return real.facts(page)

    monkeypatch.setattr(rules, "article_adapter", Halting)
    for page in (article, other):
        rules.record(page, NOON)
    rules.run_due(NOON + timedelta(minutes=1))
    open_entries = PublishedArticle.objects.filter(handled_at__isnull=True)
    assert list(open_entries.values_list("article_key", "error")) == [(article.pk, "")]


@pytest.mark.parametrize("error", DATABASE, ids=of)
@pytest.mark.parametrize(("module", "read"), [(requests, "_paragraphs"), (intake, "_signed_by")])
def test_what_is_stored_for_good_is_not_read_from_a_locked_database_as_empty(module, read, error, article, monkeypatch):
    monkeypatch.setattr(module, "article_adapter", lambda: Adapter(error))
    with pytest.raises(type(error)):
        getattr(module, read)(article)


@pytest.mark.parametrize("error", DATABASE, ids=of)
def test_a_field_that_was_not_read_does_not_count_as_empty(error, article, monkeypatch):
    def fails(page):
        raise error

    monkeypatch.setattr(type(article), "subject", property(fails), raising=False)
    with pytest.raises(type(error)):
        page_fields._value(article, "subject")


@pytest.mark.parametrize("error", DATABASE, ids=of)
def test_an_address_that_was_not_looked_up_does_not_count_as_nobodys(error, article, site, monkeypatch):
    def fails(*args, **kwargs):
        raise error

    monkeypatch.setattr(type(site.root_page.specific), "route", fails)
    with pytest.raises(type(error)):
        page_urls._by_route(site, site.root_page, "/a/b/", "a/b")
