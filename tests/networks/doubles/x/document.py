"""X's official OpenAPI document, against which every request and every answer of the double is held.

``specs/x-openapi.json`` is version 2.159 of https://github.com/xdevplatform/xdk (``latest-openapi.json``), fetched in November
2026. ``specs/x-openapi-2.167.json`` is ``openapi.json`` of https://github.com/xdevplatform/docs (2026-08-22), in which posts have
newer names (``smeditor.networks.x.dialect``). The checks are those of openapi-core; it lets unknown query parameters pass and does not look at tokens, so that the
former are checked here and the latter by the double itself.
"""

from __future__ import annotations

import base64
import json
import re
import warnings
from functools import cache
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from werkzeug.wrappers import Request, Response

from tests.networks.doubles.base import ContractBroken
from tests.shared import ROOT

PATHS = {"tweet": ROOT / "specs" / "x-openapi.json", "post": ROOT / "specs" / "x-openapi-2.167.json"}
"""The documents, by what they call a post."""
HOME = "https://api.x.com"


class _AtHome(WerkzeugOpenAPIRequest):
    """A request to the double as if it had gone to X, whose address the document names."""

    @property
    def host_url(self) -> str:
        return HOME

    @property
    def is_form(self) -> bool:
        return self.request.mimetype == "multipart/form-data"

    @property
    def content_type(self) -> str:
        return "application/json" if self.is_form else super().content_type

    @property
    def body(self) -> bytes | None:
        """A form as the JSON that the document allows instead of it: openapi-core cannot read a part that is "one of" two types."""
        if not self.is_form:
            return super().body
        files = {name: base64.b64encode(file.read(64)).decode() for name, file in self.request.files.items()}
        fields = {name: int(value) if value.isdigit() else value for name, value in self.request.form.items()}
        return json.dumps({**fields, **files}).encode()


class Document:
    """The document, and which of its operations were exercised."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.openapi = OpenAPI.from_dict(
            data, config=Config(extra_media_type_deserializers={"application/problem+json": json.loads})
        )
        self.paths = [
            (re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path)) + r"\Z"), path)
            for path in sorted(data["paths"], key=lambda path: (path.count("{"), path))
        ]

    def operation(self, request: Request) -> dict[str, Any]:
        """The operation that a request asks for. Raises ContractBroken where there is none."""
        for pattern, path in self.paths:
            found = self.data["paths"][path].get(request.method.lower()) if pattern.match(request.path) else None
            if found is not None:
                return found
        raise ContractBroken("the document knows no such operation")

    def check(self, request: Request, response: Response) -> str:
        """Raise ContractBroken where the document allows not the request or not the answer; returns the operation's id.

        An answer of 400 says itself that the request was not allowed.
        """
        operation = self.operation(request)
        declared = {self._parameter(item)["name"] for item in operation.get("parameters", ())}
        unknown = {name for name in request.args if name not in declared}
        if unknown and response.status_code != 400:
            raise ContractBroken(f"unknown query parameters {sorted(unknown)}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the scheme OAuth2UserToken: the double checks tokens by itself
            try:
                ours = _AtHome(request)
                if ours.is_form and "multipart/form-data" not in operation["requestBody"]["content"]:
                    raise ContractBroken("a form is not allowed here")
                if response.status_code != 400:
                    self.openapi.validate_request(ours)
                self.openapi.validate_response(ours, WerkzeugOpenAPIResponse(response))
            except Exception as error:
                raise ContractBroken(_causes(error)) from error
        return str(operation["operationId"])

    def _parameter(self, item: dict[str, Any]) -> dict[str, Any]:
        return self.data["components"]["parameters"][item["$ref"].rpartition("/")[2]] if "$ref" in item else item


def _causes(error: BaseException) -> str:
    causes = [repr(error)]
    inner = error.__cause__
    while inner is not None and len(causes) < 4:
        causes.append(str(inner)[:300])
        inner = inner.__cause__
    details = [str(item)[:200] for item in getattr(error.__cause__, "schema_errors", [])]
    return " ← ".join([*causes, *details])[:1500]


@cache
def document(names: str = "tweet") -> Document | None:
    """The document, read once a process; None where the shared folder has it not: the double then answers unchecked."""
    path = PATHS[names]
    return Document(_without_twins(json.loads(path.read_text(encoding="utf-8")))) if path.exists() else None


def _without_twins(data: Any) -> Any:
    """The document with each value of an enumeration once: 2.167 names some twice, which makes it no OpenAPI document."""
    if isinstance(data, list):
        return [_without_twins(item) for item in data]
    if not isinstance(data, dict):
        return data
    cleaned = {key: _without_twins(value) for key, value in data.items()}
    if isinstance(cleaned.get("enum"), list):
        cleaned["enum"] = list(dict.fromkeys(cleaned["enum"]))
    return cleaned
