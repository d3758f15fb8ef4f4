"""Hold faked messages, and every request of ours, against a server's official OpenAPI document.

A faked answer that the document rejects fails the test that faked it, unless the test says that this server is known to
break the document (``lawless``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email.parser import BytesParser
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator


class ContractBroken(AssertionError):
    """A message that the official document does not allow."""


class OpenApiContract:
    """The document at ``path``. Array parameters may be written ``name[]``, as Rails servers want them."""

    def __init__(self, path: Path) -> None:
        # its alternatives overlap (text with media, a quote and a shallow quote): "one of" is meant as "any of"
        self.document: dict[str, Any] = json.loads(path.read_text().replace('"oneOf":', '"anyOf":'))
        self.components = self.document["components"]

    @cached_property
    def templates(self) -> list[tuple[re.Pattern[str], str]]:
        """Path patterns, those without parameters first."""
        ordered = sorted(self.document["paths"], key=lambda path: (path.count("{"), path))
        return [(re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path)) + r"\Z"), path) for path in ordered]

    def operation(self, request: httpx.Request) -> dict[str, Any]:
        for pattern, path in self.templates:
            if pattern.match(request.url.path):
                found = self.document["paths"][path].get(request.method.lower())
                if found is not None:
                    return found
        raise ContractBroken(f"{request.method} {request.url.path} is not in the document")

    def check_request(self, request: httpx.Request) -> None:
        """Raise ContractBroken unless the document allows ``request``: path, query, headers and body."""
        operation = self.operation(request)
        declared = {item["name"]: item for item in operation.get("parameters", ()) if item["in"] == "query"}
        for name in {name.removesuffix("[]") for name in request.url.params}:
            if name not in declared:
                raise ContractBroken(f"{request.url.path} knows no query parameter {name!r}")
            values = request.url.params.get_list(name) + request.url.params.get_list(f"{name}[]")
            self.check(coerced(values, self.resolved(declared[name]["schema"])), declared[name]["schema"], name)
        missing = [name for name, item in declared.items() if item.get("required") and name not in request.url.params]
        if missing:
            raise ContractBroken(f"{request.url.path} lacks {missing}")
        self._check_body(request, operation.get("requestBody"))

    def _check_body(self, request: httpx.Request, declared: dict[str, Any] | None) -> None:
        content = request.read()
        if not declared or not content:
            if bool(content) or (declared or {}).get("required"):
                raise ContractBroken(f"{request.method} {request.url.path}: a body too many or too few")
            return
        kind = request.headers["content-type"].partition(";")[0]
        if kind not in declared["content"]:
            raise ContractBroken(f"{request.url.path} takes {list(declared['content'])}, not {kind}")
        schema = declared["content"][kind]["schema"]
        body = json.loads(content) if kind == "application/json" else multipart(request)
        unknown = {name.removesuffix("[]") for name in body} - {
            name.removesuffix("[]") for name in self.properties(schema)
        }
        if unknown:
            raise ContractBroken(f"{request.url.path} knows no body member {sorted(unknown)}")
        self.check(body, schema, "body")

    def check_response(self, request: httpx.Request, response: httpx.Response) -> None:
        """Raise ContractBroken unless the document allows ``response`` as an answer to ``request``."""
        answers = self.operation(request)["responses"]
        if str(response.status_code) not in answers:
            raise ContractBroken(f"{request.url.path} never answers {response.status_code}")
        declared = answers[str(response.status_code)].get("content", {}).get("application/json")
        if declared:
            self.check(response.json(), declared["schema"], f"answer of {request.url.path}")

    def entity(self, name: str, /, **changes: Any) -> dict[str, Any]:
        """The least that the document calls a ``name``: every required member, made from its schema; with changes."""
        made = self._least({"$ref": f"#/components/schemas/{name}"})
        made |= changes
        self.check(made, {"$ref": f"#/components/schemas/{name}"}, name)
        return made

    def _least(self, schema: dict[str, Any]) -> Any:
        schema = self.resolved(schema)
        if "enum" in schema:
            return schema["enum"][0]
        kinds = schema.get("type", "object")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        if kind == "object":
            parts = schema.get("properties", {})
            return {name: self._least(parts[name]) for name in schema.get("required", ())}
        if schema.get("format") == "date-time":
            return "2026-11-23T12:00:00.000Z"
        if schema.get("format") == "uri":
            return "https://social.example/thing"
        return {"string": "x", "integer": 1, "number": 1, "boolean": False, "array": [], "null": None}[kind]

    def check(self, value: Any, schema: dict[str, Any], what: str) -> None:
        validator = Draft202012Validator({**schema, "components": self.components})
        errors = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]
        if errors:
            raise ContractBroken(f"{what}: {errors[:3]}")

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """``schema`` with the reference at its top followed."""
        while "$ref" in schema:
            found: Any = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema

    def properties(self, schema: dict[str, Any]) -> set[str]:
        """Names of all members that any alternative of ``schema`` knows."""
        schema = self.resolved(schema)
        names = set(schema.get("properties", ()))
        for word in ("anyOf", "allOf"):
            for part in schema.get(word, ()):
                names |= self.properties(part)
        return names


def coerced(values: list[str], schema: dict[str, Any]) -> Any:
    """A query parameter as its schema's type."""
    if schema.get("type") == "array":
        return values
    value = values[0]
    if schema.get("type") == "integer" and value.lstrip("-").isdigit():
        return int(value)
    if schema.get("type") == "boolean" and value in {"true", "false"}:
        return value == "true"
    return value


def multipart(request: httpx.Request) -> dict[str, str]:
    """The parts of a multipart form by name; files as their media type, which must be there."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    return dict(_parts(BytesParser().parsebytes(head + request.read())))


def _parts(message: Any) -> Iterator[tuple[str, str]]:
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")
        if part.get_filename():
            if "/" not in part.get("content-type", ""):
                raise ContractBroken(f"the file {name} has no media type")
            yield name, part.get("content-type")
        else:
            yield name, part.get_payload(decode=True).decode()
