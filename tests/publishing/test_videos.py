"""A video on its way out: what its file tells, its subtitles, and the sentences where something is wrong."""

from __future__ import annotations

import io
import struct
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st
from wagtail.documents import get_document_model

from smeditor.exceptions import Refused
from smeditor.models import PostMedia
from smeditor.networks.base import Limits, MediaKind, MediaLimits
from smeditor.publishing import payload
from smeditor.publishing.messages import message_of
from smeditor.publishing.preflight import check
from smeditor.publishing.video_facts import UNKNOWN, VideoFacts, read
from smeditor.publishing.videos import video
from tests.publishing.conftest import NOON
from tests.publishing.harness.networks import LabMastodon

VIDEO = MediaLimits(max_count=1, max_bytes=10_000, types=("video/mp4",), max_alt_length=100, max_duration=60)
LIMITS = Limits(max_length=300, unit="character", media={MediaKind.VIDEO: VIDEO})


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def film(
    seconds: float = 12.5, width: int = 1280, height: int = 720, *, turned: bool = False, first: bool = True
) -> bytes:
    """A file with the boxes of an MP4 (ISO/IEC 14496-12) and no picture in it."""
    matrix = (0, 0x10000, 0, -0x10000, 0, 0) if turned else (0x10000, 0, 0, 0, 0x10000, 0)
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, int(seconds * 1000)) + bytes(80))
    sound = box(b"trak", box(b"tkhd", bytes(84)))
    tkhd = bytes(40) + struct.pack(">iiiiii", *matrix) + bytes(12) + struct.pack(">II", width << 16, height << 16)
    moov = box(b"moov", mvhd + sound + box(b"trak", box(b"tkhd", tkhd)))
    parts = [moov, box(b"mdat", bytes(100))]
    return box(b"ftyp", b"isom" + bytes(4)) + b"".join(parts if first else parts[::-1])


def document(content: bytes, name: str = "film.mp4"):
    return get_document_model().objects.create(title=name, file=ContentFile(content, name))


def entry(stored, **more) -> dict:
    return {"kind": "video", "id": stored.pk, "alt": "A tram", "file_hash": stored.get_file_hash(), **more}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("turned", "size"), [(False, (1280, 720)), (True, (720, 1280))])
def test_length_and_size_are_read_wherever_the_file_keeps_them(first, turned, size):
    assert read(io.BytesIO(film(turned=turned, first=first))) == VideoFacts(*size, 12.5)


@given(st.binary(max_size=400), st.integers(0, 300))
def test_a_file_that_is_no_film_tells_nothing_and_breaks_nothing(content, cut):
    assert isinstance(read(io.BytesIO(content)), VideoFacts)
    assert isinstance(read(io.BytesIO(film()[:cut] + content)), VideoFacts)
    assert read(io.BytesIO(b"")) == UNKNOWN


def test_a_film_that_is_cut_off_anywhere_is_read_as_far_as_it_goes():
    for cut in range(len(film())):
        assert isinstance(read(io.BytesIO(film()[:cut])), VideoFacts), cut


@pytest.mark.django_db
def test_a_video_is_sent_as_it_was_approved():
    content = film()
    media = video(entry(document(content)))
    assert (media.kind, media.media_type, media.size, media.duration) == ("video", "video/mp4", len(content), 12.5)
    assert media.read() == content


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["gone", "changed", "file gone", "file gone, and no hash known"])
def test_a_video_that_is_not_the_approved_one_is_refused_with_a_sentence(change):
    stored = document(film())
    frozen = entry(stored)
    if change == "gone":
        stored.delete()
    elif change == "changed":
        frozen["file_hash"] = "another"
    else:
        stored.file.storage.delete(stored.file.name)
    if "no hash" in change:
        type(stored).objects.update(file_hash="")
    with pytest.raises(Refused) as caught:
        video(frozen)
    assert caught.value.sentence.endswith(("approve again.", "Approve the post again."))


@pytest.mark.django_db
def test_subtitles_go_with_the_video_in_the_language_of_the_post():
    lines = document(b"\xef\xbb\xbfWEBVTT\n\n00:00.000 --> 00:01.000\nHello", "film.vtt")
    captions = {"id": lines.pk, "file_hash": lines.get_file_hash(), "language": "fr"}
    [found] = video(entry(document(film()), captions=captions)).captions
    assert (found.language, found.content[:6]) == ("fr", "WEBVTT")


@pytest.mark.django_db
def test_subtitles_that_are_none_are_refused():
    lines = document(b"1\n00:00:00,000 --> 00:00:01,000\nHello", "film.vtt")
    captions = {"id": lines.pk, "file_hash": lines.get_file_hash(), "language": "fr"}
    with pytest.raises(Refused, match="WebVTT"):
        video(entry(document(film()), captions=captions))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name", "alt", "code"),
    [
        (film(seconds=61), "film.mp4", "A tram", "video_too_long"),
        (film() + bytes(20_000), "film.mp4", "A tram", "media_too_heavy"),
        (film(), "film.webm", "A tram", "media_type"),
        (film(), "film.mp4", "", "no_alt"),
        (film(), "film.mp4", "a" * 101, "alt_too_long"),
        (film(), "film.mp4", "A tram", None),
    ],
)
def test_a_video_is_held_to_what_the_network_declares(content, name, alt, code, make_account, make_post):
    account = make_account(limits=LIMITS.as_json())
    post = make_post(account, live=False, media=[PostMedia(video=document(content, name), alt=alt)])
    found = [finding.code for finding in check(post, NOON).findings if finding.severity == "error"]
    assert found == ([code] if code else [])


@pytest.mark.django_db
def test_a_network_without_videos_says_so(make_account, make_post):
    account = make_account(limits=replace(LIMITS, media={}).as_json())
    post = make_post(account, live=False, media=[PostMedia(video=document(film()), alt="A tram")])
    assert "media_type" in {finding.code for finding in check(post, NOON).findings}


@pytest.mark.django_db
def test_a_video_stands_in_the_message(make_account, make_post):
    account = make_account(limits=LIMITS.as_json())
    post = make_post(account, live=False, media=[PostMedia(video=document(film()), alt="A tram")])
    frozen = payload.build(post, account, "t", LabMastodon.capabilities)
    [media] = message_of(frozen, 0, LIMITS).media
    assert (media.kind, media.alt, media.width) == ("video", "A tram", 1280)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "image"),
        ({"video": "letter.pdf"}, "video"),
        ({"video": "film.mp4", "captions": "film.srt"}, "captions"),
    ],
)
def test_an_entry_that_is_no_image_and_no_video_is_refused_by_its_form(fields, name):
    files = {field: document(b"x", file) for field, file in fields.items()}
    with pytest.raises(ValidationError) as caught:
        PostMedia(**files).clean()
    assert list(caught.value.message_dict) == [name]


@pytest.mark.django_db
def test_a_check_reads_no_more_of_a_video_than_what_it_tells_of_itself(make_account, make_post, monkeypatch):
    """The composer asks while one types: half a gigabyte is not read for each letter."""
    monkeypatch.setattr("smeditor.publishing.videos._digest", lambda stream: pytest.fail("read whole"))
    account = make_account(limits=LIMITS.as_json())
    assert check(make_post(account, live=False, media=[PostMedia(video=document(film()), alt="A tram")]), NOON).ok
