"""Uploads to LinkedIn: asked for, put in place, processed; and how it answers and refuses."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

ORGANIZATION = "urn:li:organization:5515715"
PART = 4_194_304
"""Bytes of a part of a video (videos-api, 2026-11-30)."""


class Failed(Exception):
    """LinkedIn says no."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.body = {"status": status, "code": code, "message": message or code, "serviceErrorCode": 0}


class Files:
    """Part of :class:`tests.networks.doubles.linkedin.server.Server`."""

    assets: dict[str, dict[str, Any]]
    processing: int
    url: str

    def number(self) -> int:
        """A new id."""
        raise NotImplementedError

    def check_actor(self, actor: str) -> None:
        """Fail where the member has no role on the page ``actor``."""
        raise NotImplementedError

    def _assets(self, request: Request, resource: str, urn: str | None, body: dict[str, Any]) -> Response:
        if request.method == "GET":
            asset = self.assets.get(urn or "")
            if asset is None:
                raise Failed(404, "NOT_FOUND")
            if asset["status"] == "PROCESSING":
                asset["left"] -= 1
                asset["status"] = "AVAILABLE" if asset["left"] < 0 else "PROCESSING"
            return answered({"id": urn, "owner": ORGANIZATION, "status": asset["status"]})
        if request.args.get("action") == "finalizeUpload":
            return self._finalize(body["finalizeUploadRequest"])
        given = body["initializeUploadRequest"]
        self.check_actor(given["owner"])
        name = resource.removesuffix("s")
        urn = f"urn:li:{name}:C{self.number()}"
        self.assets[urn] = {"status": "WAITING_UPLOAD", "data": b"", "left": self.processing, "parts": {}}
        if name != "video":
            value: dict[str, Any] = {name: urn, "uploadUrl": f"{self.url}/upload/{urn}", "uploadUrlExpiresAt": 1}
            return answered({"value": value})
        size = given["fileSizeBytes"]
        instructions = [
            {
                "firstByte": first,
                "lastByte": min(first + PART, size) - 1,
                "uploadUrl": f"{self.url}/upload/{urn}?part={first}",
            }
            for first in range(0, size, PART)
        ]
        value = {"video": urn, "uploadInstructions": instructions, "uploadToken": "", "uploadUrlsExpireAt": 1}
        return answered({"value": value})

    def _put(self, request: Request) -> Response:
        urn, data = unquote(request.path.removeprefix("/upload/")), request.get_data()
        asset = self.assets.get(urn)
        if asset is None or request.method != "PUT":
            raise Failed(404, "NOT_FOUND")
        if "part" in request.args:
            asset["parts"][int(request.args["part"])] = data
            return Response(status=200, headers={"ETag": f'"{hashlib.sha256(data).hexdigest()[:12]}"'})
        asset |= {"data": data, "status": "PROCESSING"}
        if data.startswith(b"broken"):
            asset["status"] = "PROCESSING_FAILED"
        return Response(status=201)

    def _finalize(self, given: dict[str, Any]) -> Response:
        asset = self.assets[given["video"]]
        parts = [asset["parts"][first] for first in sorted(asset["parts"])]
        if given["uploadedPartIds"] != [hashlib.sha256(part).hexdigest()[:12] for part in parts]:
            raise Failed(400, "INVALID_PARTS")
        asset["data"] = b"".join(parts)
        asset["status"] = "PROCESSING_FAILED" if asset["data"].startswith(b"broken") else "PROCESSING"
        return Response(status=200)


def answered(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(body), status, headers, content_type="application/json")
