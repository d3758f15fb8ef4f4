"""Uploads of the double, their processing, alt texts and subtitles."""

from __future__ import annotations

from datetime import timedelta

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Request, Response

from tests.networks.doubles.x.answers import Problem, answered
from tests.networks.doubles.x.state import Upload, User


class Uploading:
    """The part of the server that takes media."""

    def initialize(self, request: Request, user: User) -> Response:
        body = request.get_json()
        upload = Upload(self.clock.new_id(), body["media_category"], body["media_type"], body["total_bytes"], user)
        if upload.category == "tweet_image" and upload.total > 5 * 1024 * 1024:
            raise Problem(400, "File size exceeds 5242880 bytes.", "invalid-request")
        self.uploads[upload.id] = upload
        return answered({"data": upload.shown(), "meta": {}})

    def append(self, request: Request, user: User, media_id: str) -> Response:
        upload = self._upload(media_id, user)
        file: FileStorage = request.files["media"]
        piece = file.read()
        if len(piece) > 4 * 1024 * 1024:
            raise Problem(413, "Request Entity Too Large")
        upload.pieces[int(request.form["segment_index"])] = piece
        expires = int((self.clock.now() + timedelta(days=1)).timestamp())
        return answered({"data": {"expires_at": expires}, "meta": {}})

    def finalize(self, request: Request, user: User, media_id: str) -> Response:
        upload = self._upload(media_id, user)
        if upload.finalized:
            raise Problem(400, "This upload was finalized already.", "invalid-request")
        if len(upload.content) != upload.total:
            raise Problem(400, "Segments do not add up to provided total file size.", "invalid-request")
        upload.finalized = True
        if upload.category in {"tweet_video", "tweet_gif"}:
            upload.polls_left, upload.failure = self.polls, self.video_failure
        return answered({"data": upload.shown(), "meta": {}})

    def status(self, request: Request, user: User) -> Response:
        upload = self._upload(request.args["media_id"], user)
        upload.polls_left = max(0, upload.polls_left - 1)
        return answered({"data": upload.shown(), "meta": {}})

    def metadata(self, request: Request, user: User) -> Response:
        body = request.get_json()
        upload = self._upload(body["id"], user)
        if upload.category == "tweet_video":
            raise Problem(400, "Alt text is only supported for images and GIFs.", "invalid-request")
        upload.alt = body["metadata"]["alt_text"]["text"]
        self._bill("metadata")
        return answered({"data": {"id": upload.id, "associated_metadata": {"alt_text": {"text": upload.alt}}}})

    def subtitles(self, request: Request, user: User) -> Response:
        body = request.get_json()
        upload = self._upload(body["id"], user)
        self._upload(body["subtitles"]["id"], user)
        upload.subtitles.append(body["subtitles"])
        data = {"id": upload.id, "media_category": body["media_category"], "associated_subtitles": [body["subtitles"]]}
        return answered({"data": data})

    def _upload(self, media_id: str, user: User) -> Upload:
        upload = self.uploads.get(media_id)
        if upload is None or upload.owner is not user or upload.forgotten:
            detail = f"Could not find media with id: [{media_id}]."
            more = {"value": media_id, "parameter": "id", "resource_id": media_id, "resource_type": "media"}
            raise Problem(404, detail, "resource-not-found", **more)
        return upload
