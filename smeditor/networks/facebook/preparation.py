"""Preparing a message a request at a time: photos, the unpublished post, the pieces of a video and its processing.

Sources, read 2026-11-30: https://developers.facebook.com/documentation/pages-api/posts; for videos an earlier edition of
https://developers.facebook.com/docs/video-api/guides/publishing (its resumable protocol: phases start, transfer, finish; the
server says by ``start_offset`` and ``end_offset`` which piece comes next, and has all where they are equal) and Meta's
machine-readable description, which lists these phases still. The present guide shows the Resumable Upload API instead,
which asks for a person's token. That ``status`` is ``ready``, ``processing`` or ``error`` is common knowledge.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer, Gone, NetworkError, Refused
from smeditor.networks.base import Kind, Media, MediaKind, Message, Prepared, Progress
from smeditor.networks.facebook.limits import COMMENT_LENGTH, length
from smeditor.networks.facebook.parse import native_id
from smeditor.networks.facebook.payload import (
    UNPUBLISHED,
    Way,
    body_of,
    comment_form,
    feed_form,
    is_comment,
    photo_form,
    shown_media,
    unique_link,
)
from smeditor.networks.http import an_object

if TYPE_CHECKING:
    from smeditor.networks.facebook.network import Facebook

LARGEST_PIECE = 16 * 1024 * 1024
"""The server asks for pieces; of a larger one this much is sent, and it asks for the rest."""
PHOTOS_LAST = timedelta(hours=20)
"""Unpublished photos are forgotten after a day; four hours are kept."""
DRAFTS_LAST = timedelta(days=25)
"""Drafts are said to be kept for about thirty days (github.com/zernio-dev/zernio-ruby, docs/FacebookPlatformData.md)."""
MOST_RESTARTS = 3
STALE = frozenset({1363030, 1363031, 1363037, 1363041})
"""Sub-codes with which an upload is not known any more, or stands elsewhere than we think: it is begun anew."""
PROCESSING = frozenset({"processing", "uploading", "upload_complete"})
BROKEN = frozenset({"error", "upload_failed", "expired"})


class Preparation:
    """One step of preparing ``message`` for ``network``, from ``so_far``."""

    def __init__(self, network: Facebook, message: Message, so_far: Mapping[str, Any]) -> None:
        self.network = network
        self.message = message
        self.media = shown_media(message)
        self.digests = [media.digest for media in self.media]
        stored = so_far if so_far.get("digests", []) == self.digests else {}
        self.so_far: dict[str, Any] = {**stored, "digests": self.digests}

    def step(self) -> Prepared | Progress:
        """Make one request, or find that nothing is left to do."""
        if is_comment(self.message):
            return self._comment()
        if self.media and self.media[0].kind is MediaKind.VIDEO:
            return self._video(self.media[0])
        return self._post()

    # posts of text, a link or photos

    def _post(self) -> Prepared | Progress:
        photos = self._photo_ids()
        if len(photos) < len(self.media):
            return self._photo(photos)
        link = unique_link(self.message)
        if self.network.publishes_directly:
            form = feed_form(self.message, photos, published=True)
            until = datetime.now(UTC) + PHOTOS_LAST if photos else None
            return Prepared(body_of(Way.FEED, self.message, form=form), link, until)
        form = feed_form(self.message, photos, published=False)
        try:
            answer = self.network.api.call("POST", f"/{self.network.page_id}/feed", data=form)
        except Refused:
            if not photos or self.so_far.get("renewed"):
                raise
            # Facebook forgets unpublished photos after a day: they are uploaded once more.
            left = {key: value for key, value in self.so_far.items() if key != "photos"}
            return Progress(left | {"renewed": True}, sentence=_("The upload is begun anew."))
        post_id = native_id(answer.object("id")["id"])
        return Prepared(body_of(Way.PUBLISH, self.message, post=post_id), link, datetime.now(UTC) + DRAFTS_LAST)

    def _photo_ids(self) -> list[str]:
        stored = self.so_far.get("photos")
        if not isinstance(stored, list):
            return []
        try:
            return [native_id(photo_id) for photo_id in stored[: len(self.media)]]
        except BadAnswer:
            return []

    def _photo(self, photos: list[str]) -> Progress:
        media = self.media[len(photos)]
        files = {"source": (f"photo.{media.media_type.partition('/')[2]}", media.read(), media.media_type)}
        answer = self.network.api.call(
            "POST", f"/{self.network.page_id}/photos", data=photo_form(media), files=files, timeout=60
        )
        photos = [*photos, native_id(answer.object("id")["id"])]
        sentence = _("%(done)d of %(all)d images are uploaded.") % {"done": len(photos), "all": len(self.media)}
        until = datetime.now(UTC) + PHOTOS_LAST
        return Progress(self.so_far | {"photos": photos}, good_until=until, sentence=sentence)

    # comments and answers

    def _comment(self) -> Prepared | Progress:
        if length(self.message.text) > COMMENT_LENGTH:
            sentence = _("A comment on Facebook has at most %(limit)d characters.")
            raise Refused(sentence % {"limit": COMMENT_LENGTH}, code="too_long")
        if any(media.kind is not MediaKind.IMAGE for media in self.media) or len(self.media) > 1:
            raise Refused(_("A comment on Facebook takes one image."), code="media")
        parent = self.so_far.get("parent")
        if not isinstance(parent, str) or not parent:
            parent = self._parent()
            self.so_far["parent"] = parent
        photos = self._photo_ids()
        if len(photos) < len(self.media):
            return self._photo(photos)
        form = comment_form(self.message, photos[0] if photos else "")
        body = body_of(Way.COMMENT, self.message, parent=native_id(parent), form=form)
        return Prepared(body, unique_link(self.message), datetime.now(UTC) + PHOTOS_LAST if photos else None)

    def _parent(self) -> str:
        """What the comment is written under. Facebook has two levels: who answers an answer writes beneath the same comment."""
        if self.message.reply_to is None:
            raise Refused(_("A comment needs something that it stands under."), code="no_parent")
        answered = native_id(self.message.reply_to.uri)
        if self.message.answers is not Kind.COMMENT:
            return answered
        comment = self.network.api.call("GET", f"/{answered}", params={"fields": "id,parent{id}"}).object("id")
        parent = comment.get("parent")
        found = parent.get("id") if isinstance(parent, dict) else None
        return native_id(found) if found else answered

    # videos

    def _video(self, media: Media) -> Prepared | Progress:
        try:
            upload = an_object(self.so_far.get("video"), "id", "session")
            native_id(upload["id"])
        except BadAnswer:
            return self._start(media)
        state = upload.get("state")
        if state == "processing":
            return self._processed(upload)
        try:
            start, end = _range(
                {"start_offset": upload.get("start"), "end_offset": upload.get("end")}, media.size
            ).values()
        except BadAnswer:
            return self._start(media)
        if start < end:
            return self._transfer(media, upload, start, end)
        if self.network.publishes_directly:
            more = {"video": upload["id"], "form": {**_finish(upload), "description": self.message.text}}
            return Prepared(body_of(Way.FINISH, self.message, **more), unique_link(self.message))
        return self._finish(upload)

    def _start(self, media: Media) -> Progress:
        restarts = self.so_far.get("restarts")
        restarts = restarts if isinstance(restarts, int) and restarts >= 0 else 0
        if restarts > MOST_RESTARTS:
            raise Refused(_("Facebook took the video's pieces, but not the video."), code="upload")
        form = {"upload_phase": "start", "file_size": str(media.size)}
        answer = self.network.video_api.call("POST", self._videos, data=form)
        started = answer.object("video_id", "upload_session_id")
        session = started["upload_session_id"]
        if not isinstance(session, str | int) or len(str(session)) > 200:
            raise BadAnswer(cause="no usable upload_session_id")
        upload = {"id": native_id(started["video_id"]), "session": str(session), **_range(started, media.size)}
        return self._uploaded(upload, media, restarts + 1)

    def _transfer(self, media: Media, upload: dict[str, Any], start: int, end: int) -> Progress:
        with media.open() as stream:
            stream.seek(start)
            piece = stream.read(min(end - start, LARGEST_PIECE))
        form = {"upload_phase": "transfer", "upload_session_id": upload["session"], "start_offset": str(start)}
        files = {"video_file_chunk": ("piece", piece, "application/octet-stream")}
        try:
            answer = self.network.video_api.call("POST", self._videos, data=form, files=files, timeout=120)
        except NetworkError as error:
            if not self._is_stale(error):
                raise
            return self._again()
        following = _range(answer.object("start_offset", "end_offset"), media.size)
        if following["start"] <= start:
            raise BadAnswer(cause=f"asked for the piece at {following['start']} after the one at {start}")
        return self._uploaded(upload | following, media)

    def _finish(self, upload: dict[str, Any]) -> Progress:
        form = {**_finish(upload), "description": self.message.text, **UNPUBLISHED}
        try:
            answer = self.network.video_api.call("POST", self._videos, data={k: v for k, v in form.items() if v})
        except NetworkError as error:
            if not self._is_stale(error):
                raise
            return self._again()
        if answer.object().get("success") is not True:
            raise BadAnswer(cause="the upload's end was not confirmed")
        return self._waiting(upload | {"state": "processing"})

    def _processed(self, upload: dict[str, Any]) -> Prepared | Progress:
        params = {"fields": "id,status,published"}
        try:
            video = self.network.api.call("GET", f"/{upload['id']}", params=params).object("id")
        except Gone:
            return self._again()
        status = video.get("status")
        state = str(status.get("video_status")) if isinstance(status, dict) else ""
        if state == "ready":
            until = datetime.now(UTC) + DRAFTS_LAST
            return Prepared(body_of(Way.VIDEO, self.message, video=upload["id"]), unique_link(self.message), until)
        if state in BROKEN:
            sentence = _("Facebook cannot process the video: %(said)s")
            raise Refused(sentence % {"said": _reason(status) or state}, code=f"video_{state}")
        if state not in PROCESSING:
            raise BadAnswer(cause=f"a video that is {state[:40]}")
        return self._waiting(upload)

    @property
    def _videos(self) -> str:
        return f"/{self.network.page_id}/videos"

    def _uploaded(self, upload: dict[str, Any], media: Media, restarts: int | None = None) -> Progress:
        percent = min(100 * upload["start"] // max(media.size, 1), 100)
        more = {"video": upload} | ({} if restarts is None else {"restarts": restarts})
        return Progress(
            self.so_far | more, sentence=_("The video is uploaded to %(percent)d%%.") % {"percent": percent}
        )

    def _waiting(self, upload: dict[str, Any]) -> Progress:
        waited = upload.get("waited")
        waited = waited if isinstance(waited, int) and 0 <= waited < 1000 else 0
        pause = timedelta(seconds=min(5 * 2 ** min(waited, 6), 300))
        sentence = _("Facebook is processing the video.")
        return Progress(self.so_far | {"video": upload | {"waited": waited + 1}}, pause, sentence=sentence)

    def _again(self) -> Progress:
        left = {key: value for key, value in self.so_far.items() if key != "video"}
        return Progress(left, timedelta(seconds=5), sentence=_("The upload is begun anew."))

    def _is_stale(self, error: NetworkError) -> bool:
        return isinstance(error, Gone) or error.code.partition("/")[2] in {str(code) for code in STALE}


def _finish(upload: Mapping[str, Any]) -> dict[str, str]:
    return {"upload_phase": "finish", "upload_session_id": str(upload["session"])}


def _range(data: Mapping[str, Any], size: int) -> dict[str, int]:
    """The piece that the server wants next; both ends are the same where it has all. Numbers come as strings."""
    try:
        start, end = int(str(data.get("start_offset"))[:20]), int(str(data.get("end_offset"))[:20])
    except ValueError as error:
        raise BadAnswer(cause="offsets that are no numbers") from error
    if not 0 <= start <= end <= size:
        raise BadAnswer(cause=f"the piece from {start} to {end} of {size}")
    return {"start": start, "end": end}


def _reason(status: Any) -> str:
    """What Facebook says of a video that it could not process, in one short line."""
    for phase in ("processing_phase", "uploading_phase", "publishing_phase"):
        part = status.get(phase) if isinstance(status, dict) else None
        errors = part.get("errors") if isinstance(part, dict) else None
        for error in errors if isinstance(errors, list) else [part.get("error") if isinstance(part, dict) else None]:
            if isinstance(error, dict) and isinstance(error.get("message"), str):
                return " ".join(error["message"].split())[:200]
    return ""
