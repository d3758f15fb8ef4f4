"""Videos as networks take them: the host's document as it was approved, or a sentence that says why not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from mimetypes import guess_type
from typing import Any

from django.utils.translation import gettext as _
from wagtail.documents import get_document_model

from smeditor.exceptions import Refused, Temporary
from smeditor.networks.base import Captions, Media, MediaKind
from smeditor.publishing import video_facts

CHUNK = 1024 * 1024
LARGEST_CAPTIONS = 2_000_000
"""Bytes of a file of subtitles: a day of talk has less."""


def video(entry: Mapping[str, Any], *, to_send: bool = True) -> Media:
    """The video that a payload's ``entry`` names (``id``, ``alt``, ``file_hash``, ``captions``), read from its file as it is sent.

    ``to_send`` False: it is only held against limits, so that its bytes are not read for a digest. Raises Refused, with a sentence for the editor, when it is gone or was changed; Temporary when the storage does not
    answer.
    """
    document = _document(entry)
    try:
        with document.file.storage.open(document.file.name, "rb") as stream:
            facts = video_facts.read(stream)
            stream.seek(0)
            digest = _digest(stream) if to_send else ""
        size = document.file.size
    except FileNotFoundError as error:
        raise Refused(_("The video's file is gone. Choose another and approve again.")) from error
    except OSError as error:
        sentence = _("The video cannot be read at the moment. It is tried again.")
        raise Temporary(sentence, cause=type(error).__name__) from error
    return Media(
        open=lambda: document.file.storage.open(document.file.name, "rb"),
        media_type=guess_type(document.filename)[0] or "application/octet-stream",
        size=size,
        alt=entry["alt"],
        kind=MediaKind.VIDEO,
        width=facts.width,
        height=facts.height,
        duration=facts.duration,
        captions=_captions(entry.get("captions")),
        digest=digest,
    )


def _document(entry: Mapping[str, Any]) -> Any:
    document = get_document_model().objects.filter(pk=entry["id"]).first()
    if document is None:
        raise Refused(_("The video or its subtitles were deleted after the approval. Choose others and approve again."))
    try:
        file_hash = document.get_file_hash()
    except FileNotFoundError as error:
        sentence = _("The file of the video or of its subtitles is gone. Choose others and approve again.")
        raise Refused(sentence) from error
    except OSError as error:
        sentence = _("The video or its subtitles cannot be read at the moment. It is tried again.")
        raise Temporary(sentence, cause=type(error).__name__) from error
    if file_hash != entry["file_hash"]:
        raise Refused(_("The video or its subtitles were changed after the approval. Approve the post again."))
    return document


def _digest(stream: Any) -> str:
    """SHA-256 of what is left of ``stream``, a piece at a time."""
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _captions(entry: Mapping[str, Any] | None) -> tuple[Captions, ...]:
    if not entry:
        return ()
    document = _document(entry)
    try:
        with document.file.storage.open(document.file.name, "rb") as stream:
            content = stream.read(LARGEST_CAPTIONS + 1)
        text = content.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise Refused(_("The file of the subtitles is gone. Choose another and approve again.")) from error
    except OSError as error:
        sentence = _("The subtitles cannot be read at the moment. It is tried again.")
        raise Temporary(sentence, cause=type(error).__name__) from error
    except UnicodeDecodeError:
        text = ""
    if len(content) > LARGEST_CAPTIONS or not text.lstrip().startswith("WEBVTT"):
        raise Refused(_("The subtitles are no WebVTT file. Save them as .vtt, or leave them out."))
    return (Captions(str(entry.get("language") or ""), text),)
