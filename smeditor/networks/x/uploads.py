"""Uploading media in steps, each of which can be the last before the worker dies.

https://docs.x.com/x-api/media/quickstart/media-upload-chunked and the OpenAPI document 2.159, read 2026-11-30:
``initialize`` gives an id, ``append`` takes the pieces (index 0 first), ``finalize`` closes, and where that answers with
``processing_info`` the status is asked after ``check_after_secs``. A piece may be sent again. The alt text is metadata of
images and animations, subtitles are files of their own that a video is told of.

Pieces are 2 MiB: larger ones were refused (abraham/twitteroauth#1257), and an index goes to 999. ``processing_info.error`` is in no
document (linvi/tweetinvi#597).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import Gone, Refused
from smeditor.networks.http import Answer, an_object
from smeditor.networks.media import Captions, Media, MediaKind
from smeditor.networks.messages import Message, Progress
from smeditor.networks.x import prices
from smeditor.networks.x.limits import ALT_LENGTH
from smeditor.networks.x.parse import AN_ID, an_id
from smeditor.redaction import redact

if TYPE_CHECKING:
    from smeditor.networks.x.network import X

PIECE = 2 * 1024 * 1024
PIECE_SECONDS = 60.0
CATEGORIES = {MediaKind.IMAGE: "tweet_image", MediaKind.ANIMATION: "tweet_gif", MediaKind.VIDEO: "tweet_video"}
SUBTITLES, SUBTITLE_TYPE = "subtitles", "text/vtt"
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=2)
MARGIN = timedelta(minutes=5)
"""So long before X forgets an upload it counts as forgotten."""
LONGEST_LIFE = 30 * 24 * 3600
MOST_BEGINNINGS = 3
"""So often an upload that X has lost is begun anew."""
APPENDING, PROCESSING, READY = "appending", "processing", "ready"


@dataclass(frozen=True)
class File:
    """What is uploaded: a piece of media, or the subtitles of one."""

    media: Media
    category: str
    place: int

    @property
    def mark(self) -> str:
        """By what a resumed preparation knows that it goes on with the same file, at the same place of the post."""
        return f"{self.place}/{self.category}/{self.media.digest or self.media.size}"

    @property
    def pieces(self) -> int:
        """How many pieces it is sent in."""
        return max(1, -(-self.media.size // PIECE))


@dataclass(frozen=True)
class Upload:
    """How far one file has come. ``done``: pieces that X has; ``described``: alt text or subtitles that it was told of."""

    mark: str
    media_id: str = ""
    stage: str = APPENDING
    done: int = 0
    described: int = 0
    until: datetime | None = None
    beginnings: int = 1

    def as_json(self) -> dict[str, Any]:
        """Write it as :meth:`read` takes it."""
        return {
            "mark": self.mark,
            "id": self.media_id,
            "stage": self.stage,
            "done": self.done,
            "described": self.described,
            "until": self.until.isoformat() if self.until else "",
            "beginnings": self.beginnings,
        }

    @classmethod
    def read(cls, data: Any, file: File, now: datetime) -> Upload:
        """Read what was stored of ``file``; a new upload where it is another file's, forgotten by X, or nonsense."""
        fresh = cls(file.mark)
        if not isinstance(data, Mapping) or data.get("mark") != file.mark:
            return fresh
        fresh = replace(fresh, beginnings=_number(data.get("beginnings"), 1, MOST_BEGINNINGS + 1))
        until, media_id = _time(data.get("until")), data.get("id")
        if not isinstance(media_id, str) or not AN_ID.fullmatch(media_id):
            return fresh
        if until is not None and until - MARGIN < now:
            return replace(fresh, beginnings=fresh.beginnings + 1)
        stage = data.get("stage")
        return replace(
            fresh,
            media_id=media_id,
            stage=stage if stage in {APPENDING, PROCESSING, READY} else APPENDING,
            done=_number(data.get("done"), 0, file.pieces),
            described=_number(data.get("described"), 0, 100),
            until=until,
        )


class Uploads:
    """One step of uploading all media of ``message``, from ``so_far``."""

    def __init__(self, network: X, message: Message, so_far: Mapping[str, Any]) -> None:
        self.network = network
        self.now = datetime.now(UTC)
        self.files = list(files_of(message))
        stored = so_far.get("uploads")
        known = {
            item["mark"]: item
            for item in (stored if isinstance(stored, list) else [])
            if isinstance(item, Mapping) and isinstance(item.get("mark"), str)
        }
        self.uploads = [Upload.read(known.get(file.mark), file, self.now) for file in self.files]
        self.wait = timedelta()
        self.sentence = ""

    def step(self) -> Progress | None:
        """Send the next request, if there is one to send: how far it came, or None where all is uploaded. Raises Refused."""
        for index, file in enumerate(self.files):
            upload = self.uploads[index]
            if self._finished(file, upload):
                continue
            if upload.beginnings > MOST_BEGINNINGS:
                raise Refused(_("X loses the uploaded image or video again and again. Try another file."))
            try:
                self.uploads[index] = self._next(file, upload)
            except Gone:
                self.uploads[index] = Upload(file.mark, beginnings=upload.beginnings + 1)
            return Progress(self._so_far(), self.wait, self._until(), self.sentence)
        return None

    @property
    def media_ids(self) -> list[str]:
        """The ids of what the post shows, in its order."""
        return [
            upload.media_id for file, upload in zip(self.files, self.uploads, strict=True) if file.category != SUBTITLES
        ]

    def _until(self) -> datetime | None:
        """When X forgets the first of them."""
        return min((upload.until for upload in self.uploads if upload.until), default=None)

    good_until = property(_until)

    def _so_far(self) -> dict[str, Any]:
        return {"uploads": [upload.as_json() for upload in self.uploads]}

    def _finished(self, file: File, upload: Upload) -> bool:
        return upload.stage == READY and upload.described >= self._to_describe(file)

    def _to_describe(self, file: File) -> int:
        if file.category == CATEGORIES[MediaKind.VIDEO]:
            return len(subtitles_of(file.media))
        return int(file.category != SUBTITLES and bool(file.media.alt.strip()))

    def _next(self, file: File, upload: Upload) -> Upload:
        if not upload.media_id:
            return self._initialize(file, upload)
        if upload.stage == APPENDING:
            return self._append(file, upload) if upload.done < file.pieces else self._finalize(file, upload)
        if upload.stage == PROCESSING:
            return self._status(file, upload)
        if file.category == CATEGORIES[MediaKind.VIDEO]:
            return self._add_subtitles(file, upload)
        return self._describe(file, upload)

    def _initialize(self, file: File, upload: Upload) -> Upload:
        body = {
            "media_category": file.category,
            "media_type": file.media.media_type,
            "total_bytes": file.media.size,
        }
        answer = self._call("POST", "/initialize", json=body)
        data = an_object(answer.object("data")["data"], "id")
        return replace(upload, media_id=an_id(data["id"]), until=_ends(data, answer))

    def _append(self, file: File, upload: Upload) -> Upload:
        piece = self._piece(file, upload.done)
        self._call(
            "POST",
            f"/{upload.media_id}/append",
            data={"segment_index": str(upload.done)},
            files={"media": ("piece", piece, "application/octet-stream")},
            timeout=PIECE_SECONDS,
        )
        done = upload.done + 1
        if file.pieces > 1:
            params = {"percent": 100 * done // file.pieces}
            self.sentence = _("The file is being uploaded to X: %(percent)d %%.") % params
        return replace(upload, done=done)

    def _piece(self, file: File, index: int) -> bytes:
        start = index * PIECE
        wanted = min(PIECE, file.media.size - start)
        with file.media.open() as stream:
            stream.seek(start)
            piece = stream.read(wanted)
        if len(piece) != wanted:
            raise Refused(_("The file is not the one any more that was chosen. Choose it again."))
        return piece

    def _finalize(self, file: File, upload: Upload) -> Upload:
        """Close the upload. Where X refuses, it may have been closed already, by a worker that died before it said so.

        X's examples name a ``size`` only after the closing; without it, and without processing, the upload begins anew.
        """
        try:
            answer = self._call("POST", f"/{upload.media_id}/finalize")
        except Refused:
            answer = self._ask_status(upload)
            data = answer.data.get("data") if isinstance(answer.data, dict) else None
            closed = isinstance(data, dict) and data.get("size") == file.media.size
            if closed or (isinstance(data, dict) and isinstance(data.get("processing_info"), dict)):
                return self._processed(file, upload, answer)
            if upload.beginnings > 1:
                raise
            return Upload(file.mark, beginnings=2)
        return self._processed(file, upload, answer)

    def _status(self, file: File, upload: Upload) -> Upload:
        return self._processed(file, upload, self._ask_status(upload))

    def _ask_status(self, upload: Upload) -> Answer:
        return self._call("GET", "", params={"command": "STATUS", "media_id": upload.media_id})

    def _processed(self, file: File, upload: Upload, answer: Answer) -> Upload:
        data = an_object(answer.object("data")["data"], "id")
        info, until = data.get("processing_info"), _ends(data, answer) or upload.until
        info = info if isinstance(info, dict) else {"state": "succeeded"}
        state = info.get("state")
        if state == "failed":
            raise Refused(_reason(file, info), code="media", cause=f"processing failed: {str(info.get('error'))[:200]}")
        if state == "succeeded":
            return replace(upload, stage=READY, until=until)
        self.wait = _wait(info.get("check_after_secs"))
        percent = info.get("progress_percent")
        self.sentence = _("X is processing the video.")
        if isinstance(percent, int) and not isinstance(percent, bool) and 0 <= percent <= 100:
            self.sentence = _("X is processing the video: %(percent)d %%.") % {"percent": percent}
        return replace(upload, stage=PROCESSING, until=until)

    def _describe(self, file: File, upload: Upload) -> Upload:
        body = {"id": upload.media_id, "metadata": {"alt_text": {"text": file.media.alt[:ALT_LENGTH]}}}
        self._paid("/2/media/metadata", "media metadata", json=body)
        return replace(upload, described=1)

    def _add_subtitles(self, file: File, upload: Upload) -> Upload:
        tracks = subtitles_of(file.media)
        captions = tracks[upload.described]
        track = self.uploads[file.place - len(tracks) + upload.described]
        subtitles = {"id": track.media_id, "language_code": language_code(captions), "display_name": captions.language}
        body = {"id": upload.media_id, "media_category": "TweetVideo", "subtitles": subtitles}
        self._paid("/2/media/subtitles", "subtitles", json=body)
        return replace(upload, described=upload.described + 1)

    def _paid(self, path: str, operation: str, **kwargs: Any) -> None:
        self.network.costs.ask(prices.METADATA, self.network.label)
        self.network.call("POST", path, bucket="media description", **kwargs)
        self.network.costs.add(operation, prices.METADATA)

    def _call(self, method: str, path: str, **kwargs: Any) -> Answer:
        bucket = f"media {path.rpartition('/')[2] or 'status'}"
        return self.network.call(method, f"/2/media/upload{path}", bucket=bucket, **kwargs)


def files_of(message: Message) -> list[File]:
    """What must be uploaded for ``message``: subtitles before the video that they belong to."""
    listed: list[tuple[Media, str]] = []
    for media in message.media:
        if media.kind is MediaKind.VIDEO:
            listed += [(_subtitle_media(captions), SUBTITLES) for captions in subtitles_of(media)]
        listed.append((media, CATEGORIES[media.kind]))
    return [File(media, category, place) for place, (media, category) in enumerate(listed)]


def _subtitle_media(captions: Captions) -> Media:
    return Media.from_bytes(captions.content.encode(), SUBTITLE_TYPE, kind=MediaKind.DOCUMENT)


def subtitles_of(media: Media) -> list[Captions]:
    """The subtitles of a video whose language X can name: two letters (``SubtitleLanguageCode``), each once."""
    return list({code: captions for captions in media.captions if (code := language_code(captions))}.values())


def language_code(captions: Captions) -> str:
    """The language of subtitles as X writes it (``FR``); empty where it has no code of two letters."""
    primary = captions.language.replace("_", "-").partition("-")[0]
    return primary.upper() if len(primary) == 2 and primary.isascii() and primary.isalpha() else ""


def _reason(file: File, info: Mapping[str, Any]) -> str:
    error = info.get("error")
    given = [error.get("message"), error.get("name")] if isinstance(error, Mapping) else []
    reason = redact(next((value for value in given if isinstance(value, str) and value), ""), 200)
    what = _("video") if file.category == CATEGORIES[MediaKind.VIDEO] else _("file")
    if reason:
        return _("X does not take this %(what)s: %(reason)s") % {"what": what, "reason": reason}
    return _(
        "X does not take this %(what)s and does not say why. Often its format is the reason: H.264 with AAC works."
    ) % {"what": what}


def _wait(seconds: Any) -> timedelta:
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds < 10_000:
        return timedelta(seconds=5)
    return min(max(timedelta(seconds=seconds), SHORTEST_WAIT), LONGEST_WAIT)


def _ends(data: Mapping[str, Any], answer: Answer) -> datetime | None:
    seconds = data.get("expires_after_secs")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds <= LONGEST_LIFE:
        return None
    return answer.at + timedelta(seconds=seconds)


def _number(value: Any, least: int, most: int) -> int:
    sound = isinstance(value, int) and not isinstance(value, bool)
    return min(max(value, least), most) if sound else least


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None else None
