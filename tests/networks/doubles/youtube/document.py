"""The discovery document as a contract: which parameters a method takes, and what its answers are made of."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.networks.doubles.base import ContractBroken
from tests.shared import ROOT

DOCUMENT = ROOT / "specs/youtube-v3-discovery.json"
READ_TYPES = {"string": str, "boolean": bool, "integer": int, "number": (int, float), "array": list, "object": dict}


@cache
def document() -> dict[str, Any] | None:
    """The document; None where the shared folder is not there."""
    return json.loads(DOCUMENT.read_text()) if DOCUMENT.exists() else None


def method_of(verb: str, path: str) -> dict[str, Any] | None:
    """The description of a method by its verb and path."""
    found = document() or {"resources": {}}
    for resource in found["resources"].values():
        for method in resource.get("methods", {}).values():
            if (method["httpMethod"], method["path"]) == (verb, path.lstrip("/")):
                return method
    return None


def check(request: Request, response: Response) -> None:
    """Raise ContractBroken where the document allows not the request or not the answer."""
    if document() is None:
        return
    method = method_of(request.method, request.path)
    if method is None:
        raise ContractBroken("no such method")
    for name in request.args:
        if name not in method["parameters"]:
            raise ContractBroken(f"no parameter {name}")
        for value in request.args.getlist(name):
            _check_parameter(name, value, method["parameters"][name])
    if response.status_code >= 400:
        return
    for name, parameter in method["parameters"].items():
        if parameter.get("required") and name not in request.args:
            raise ContractBroken(f"{name} is missing")
    if "request" in method:
        conforms(json.loads(request.get_data()), method["request"]["$ref"])
    if "response" in method:
        conforms(json.loads(response.get_data()), method["response"]["$ref"])
    elif response.get_data():
        raise ContractBroken("an answer where there is none")


def _check_parameter(name: str, value: str, parameter: dict[str, Any]) -> None:
    if parameter["type"] == "integer":
        least, most = int(parameter.get("minimum", 0)), int(parameter.get("maximum", 2**31))
        if not value.isdecimal() or not least <= int(value) <= most:
            raise ContractBroken(f"{name}={value}")
    if parameter["type"] == "boolean" and value not in {"true", "false"}:
        raise ContractBroken(f"{name}={value}")
    if "enum" in parameter and value not in parameter["enum"]:
        raise ContractBroken(f"{name}={value}")
    if parameter.get("format") == "google-datetime":
        datetime.fromisoformat(value)


def conforms(value: Any, schema: str, where: str = "") -> None:
    """Raise ContractBroken where ``value`` is not what the document calls by the name ``schema``."""
    _conforms(value, {"$ref": schema}, where or schema)


def _conforms(value: Any, schema: dict[str, Any], where: str) -> None:
    if "$ref" in schema:
        schema = (document() or {})["schemas"][schema["$ref"]]
    kind = schema.get("type", "any")
    if kind != "any" and (not isinstance(value, READ_TYPES[kind]) or (kind == "integer" and isinstance(value, bool))):
        raise ContractBroken(f"{where} is no {kind}")
    if "enum" in schema and value not in schema["enum"]:
        raise ContractBroken(f"{where} is {value!r}")
    if schema.get("format") in {"date-time", "google-datetime"}:
        datetime.fromisoformat(value)
    if kind == "array":
        for item in value:
            _conforms(item, schema["items"], f"{where}[]")
    if kind == "object":
        for name, inner in value.items():
            if name not in schema.get("properties", {}):
                if "additionalProperties" not in schema:
                    raise ContractBroken(f"{where} has no {name}")
                continue
            _conforms(inner, schema["properties"][name], f"{where}.{name}")
