"""Preparing a status a step at a time: each upload is a step, and so is each question whether it is processed.

``POST /api/v2/media`` answers 202 while the server still works on a file, ``GET /api/v1/media/:id`` then 206 until it is
done (https://docs.joinmastodon.org/methods/media/, 2026-11-30). Nobody waits here: the caller comes again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from smeditor.exceptions import Gone
from smeditor.networks.base import Media, Message, Prepared, Progress
from smeditor.networks.http import objects
from smeditor.networks.mastodon import parse
from smeditor.networks.mastodon.payload import status_body, unique_link

if TYPE_CHECKING:
    from smeditor.networks.mastodon.network import Mastodon

KEPT = timedelta(hours=20)
"""How long uploaded media is relied on; the server removes after a day what no status has."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between two questions whether an upload is processed."""


class Preparation:
    """One step of preparing ``message`` on ``network``, from what ``so_far`` says was reached.

    ``so_far``: ``media``, a list of ``{"id", "digest", "checks"}`` in the message's order; ``checks`` counts how often
    the server said that it was still working, None once it is done. ``since``: when the first upload began.
    """

    def __init__(self, network: Mastodon, message: Message, so_far: Mapping[str, Any]) -> None:
        self.network = network
        self.message = message
        self.since = _moment(so_far.get("since")) or datetime.now(UTC)
        self.uploads = self._known(so_far)

    def _known(self, so_far: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The uploads that are still of use: in order, each of the very file that is to be sent now."""
        known = []
        for media, upload in zip(self.message.media, objects(so_far.get("media")), strict=False):
            if not upload.get("id") or upload.get("digest") != media.digest or "checks" not in upload:
                break
            known.append(dict(upload))
        return known

    def step(self) -> Prepared | Progress:
        """Ask whether what is being processed is done, upload what is missing, or return the body."""
        for upload in self.uploads:
            if upload["checks"] is not None:
                return self._check(upload)
        if len(self.uploads) < len(self.message.media):
            return self._upload(self.message.media[len(self.uploads)])
        ids = [upload["id"] for upload in self.uploads]
        body = status_body(self.message, ids)
        return Prepared(body, unique_link(self.message), self.since + KEPT if ids else None)

    def _upload(self, media: Media) -> Progress:
        files = {"file": (f"media.{media.media_type.partition('/')[2]}", media.read(), media.media_type)}
        data = {"description": media.alt} if media.alt else {}
        try:
            answer = self.network.call("POST", "/api/v2/media", bucket="media", files=files, data=data)
        except Gone:
            answer = self.network.call("POST", "/api/v1/media", bucket="media", files=files, data=data)
        media_id = parse.read_id(answer.object("id"))
        self.uploads.append({"id": media_id, "digest": media.digest, "checks": 0 if answer.status == 202 else None})
        return self._progress()

    def _check(self, upload: dict[str, Any]) -> Progress:
        try:
            answer = self.network.call("GET", f"/api/v1/media/{upload['id']}")
        except Gone:  # the server has forgotten it: it is uploaded again, and what follows with it
            del self.uploads[self.uploads.index(upload) :]
            return self._progress()
        done = answer.status != 206
        upload["checks"] = None if done else _count(upload["checks"]) + 1
        return self._progress()

    def _progress(self) -> Progress:
        checks = next((_count(upload["checks"]) for upload in self.uploads if upload["checks"] is not None), None)
        pause = 0.0 if checks is None else min(FIRST_PAUSE * 2 ** min(checks, 10), LONGEST_PAUSE)
        sentence = _("%(host)s is still processing the image or video.") % {"host": self.network.api.host}
        return Progress(
            {"media": self.uploads, "since": self.since.isoformat()},
            timedelta(seconds=pause),
            self.since + KEPT,
            sentence if pause else "",
        )


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
