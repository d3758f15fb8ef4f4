"""Files on their way to LinkedIn, a step at a time; nobody sees them before a post shows them.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/images-api, /documents-api and /videos-api
(2026-11-30): ``initializeUpload`` gives a URN and where to put the bytes; a video goes in parts, whose ETags ``finalizeUpload``
names; then LinkedIn processes. Of an image or document nothing is kept between the two requests: whoever is stopped
between them begins it anew. A video's addresses are kept, for each lets put one part of it in place and nothing else.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, Gone, Refused
from smeditor.networks.base import Media, MediaKind, Progress
from smeditor.networks.http import an_object, objects
from smeditor.networks.linkedin import urns
from smeditor.networks.linkedin.api import LinkedInApi

RESOURCES = {
    MediaKind.IMAGE: ("images", "image"),
    MediaKind.ANIMATION: ("images", "image"),
    MediaKind.DOCUMENT: ("documents", "document"),
    MediaKind.VIDEO: ("videos", "video"),
}
AT_ONCE = 3
"""Parts of a video that are put in place in one step: 4 MB each."""
MOST_PARTS = 1500
LARGEST_PART = 16_000_000
AGAIN = timedelta(seconds=10)
READY, WORKING, FAILED = "AVAILABLE", {"PROCESSING", "WAITING_UPLOAD"}, {"PROCESSING_FAILED"}


@dataclass(frozen=True)
class Upload:
    """One file and how far it has come, as it is stored under its place: ``state`` is made, sent or ready."""

    media: Media
    stored: Mapping[str, Any]

    @property
    def urn(self) -> str:
        """The URN of what was made for this very file; empty where nothing was, or for another file."""
        known = urns.text_of(self.stored.get("urn"), urns.ASSET)
        return known if known and self.stored.get("digest") == self.media.digest else ""

    @property
    def state(self) -> str:
        """How far it has come; empty at first."""
        return str(self.stored.get("state") or "") if self.urn else ""


class Uploader:
    """Uploads the files of one message for the page ``owner``."""

    def __init__(self, api: LinkedInApi, owner: str) -> None:
        self.api = api
        self.owner = owner

    def step(self, upload: Upload) -> tuple[dict[str, Any], timedelta]:
        """Take one step; return what is to be stored of the file, and when to look again."""
        if upload.media.kind is MediaKind.VIDEO:
            if not upload.state:
                return self._begin_video(upload.media), timedelta()
            if upload.state == "made":
                return self._put_parts(upload), timedelta()
        elif not upload.state:
            return self._send(upload.media), timedelta()
        return self._check_ready(upload)

    def _initialize(self, media: Media, **further: Any) -> tuple[dict[str, Any], str]:
        resource, name = RESOURCES[media.kind]
        asked = {"initializeUploadRequest": {"owner": self.owner, **further}}
        answer = self.api.ask("POST", f"/{resource}?action=initializeUpload", bucket="media", json=asked)
        value = an_object(answer.object("value")["value"], name)
        urn = urns.text_of(value[name], urns.ASSET)
        if not urn:
            raise BadAnswer(cause="initializeUpload without a URN")
        return value, urn

    def _send(self, media: Media) -> dict[str, Any]:
        value, urn = self._initialize(media)
        with media.open() as stream:
            self.api.put(str(value.get("uploadUrl") or ""), stream, media.size, with_token=True)
        return {"urn": urn, "digest": media.digest, "state": "sent"}

    def _begin_video(self, media: Media) -> dict[str, Any]:
        value, urn = self._initialize(media, fileSizeBytes=media.size, uploadCaptions=False, uploadThumbnail=False)
        parts = [
            [item["firstByte"], item["lastByte"], str(item.get("uploadUrl") or "")]
            for item in objects(value.get("uploadInstructions"))
            if is_range(item.get("firstByte"), item.get("lastByte"), media.size)
        ]
        if not parts or len(parts) > MOST_PARTS or sum(last - first + 1 for first, last, _url in parts) != media.size:
            raise BadAnswer(cause="initializeUpload without usable instructions")
        token = str(value.get("uploadToken") or "")[:2000]
        return {"urn": urn, "digest": media.digest, "state": "made", "parts": parts, "etags": [], "upload": token}

    def _put_parts(self, upload: Upload) -> dict[str, Any]:
        parts, etags = upload.stored.get("parts"), upload.stored.get("etags")
        if not isinstance(parts, list) or not isinstance(etags, list) or not all(map(is_part, parts)):
            return self._begin_video(upload.media)
        etags = list(map(str, etags))[: len(parts)]
        for first, last, url in parts[len(etags) : len(etags) + AT_ONCE]:
            with upload.media.open() as stream:
                stream.seek(first)
                piece = stream.read(last - first + 1)
            headers = self.api.put(url, io.BytesIO(piece), len(piece), with_token=False)
            if not headers.get("etag"):
                raise BadAnswer(cause="a part of a video without its ETag")
            etags.append(headers["etag"].strip('"'))
        if len(etags) < len(parts):
            return {**upload.stored, "etags": etags}
        finished = {
            "video": upload.urn,
            "uploadToken": str(upload.stored.get("upload") or ""),
            "uploadedPartIds": etags,
        }
        self.api.ask("POST", "/videos?action=finalizeUpload", bucket="media", json={"finalizeUploadRequest": finished})
        return {"urn": upload.urn, "digest": upload.media.digest, "state": "sent"}

    def _check_ready(self, upload: Upload) -> tuple[dict[str, Any], timedelta]:
        resource, _name = RESOURCES[upload.media.kind]
        stored = {"urn": upload.urn, "digest": upload.media.digest, "state": "ready"}
        try:
            found = self.api.ask("GET", f"/{resource}/{urns.encoded(upload.urn)}", bucket="media").object("status")
        except Gone:
            return {}, timedelta()  # LinkedIn has forgotten it: from the beginning
        except AuthExpired as error:
            if error.status != 403:
                raise
            return stored, timedelta()  # who may write files need not be allowed to read them
        status = str(found["status"])
        if status in FAILED:
            raise Refused(_("LinkedIn could not process the image, video or document. Try another file."), code=status)
        if status in WORKING:
            return {**stored, "state": "sent"}, AGAIN
        return stored, timedelta()


def is_range(first: Any, last: Any, size: int) -> bool:
    """Whether two numbers name a part of a file of ``size`` bytes."""
    numbers = all(isinstance(value, int) and not isinstance(value, bool) for value in (first, last))
    return numbers and 0 <= first <= last < size and last - first < LARGEST_PART


def is_part(part: Any) -> bool:
    """Whether ``part`` is one as it was stored: first and last byte, and where it goes."""
    return (
        isinstance(part, list) and len(part) == 3 and is_range(part[0], part[1], 1 << 40) and isinstance(part[2], str)
    )


def waiting(so_far: dict[str, Any], again: timedelta) -> Progress:
    """How far preparing has come, with a sentence where LinkedIn is at work."""
    sentence = _("LinkedIn is processing the file.") if again else ""
    return Progress(so_far, again, sentence=sentence)
