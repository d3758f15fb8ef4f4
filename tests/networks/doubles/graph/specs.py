"""Meta's own description of its nodes: which fields, edges and parameters there are, and of what type.

``/work/shared/specs/meta`` (facebook/facebook-business-sdk-codegen): a file a node, ``{fields: [{name, type}], apis:
[{method, endpoint or name, params: [{name, type, required}], return}]}``. Forms are strings, so that they are made into
values of their type before they are checked. Where the folder is not there, everything passes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests import shared

FOLDER = shared.ROOT / "specs" / "meta"
UPLOAD = object()
"""Stands for a file in the place of a form's value."""
GENERAL = frozenset(
    {"access_token", "appsecret_proof", "fields", "limit", "after", "before", "since", "until", "offset", "summary"}
)
GENERAL |= {"locale", "pretty", "method", "metadata", "date_format", "ids", "id"}
"""Parameters that every request may have: https://developers.facebook.com/docs/graph-api/overview, …/results."""


class Wrong(Exception):
    """A value that is not of its type."""


@cache
def node(kind: str) -> dict[str, Any] | None:
    """The description of a kind of node; None where there is none."""
    path = FOLDER / f"{kind}.json"
    return json.loads(path.read_text()) if path.is_file() else None


@cache
def enums() -> dict[str, frozenset[str]]:
    """The values of each enumeration, by its name."""
    path = FOLDER / "enum_types.json"
    found = json.loads(path.read_text()) if path.is_file() else []
    return {entry["name"]: frozenset(map(str, entry["values"])) for entry in found}


@cache
def fields(kind: str) -> dict[str, str] | None:
    """The types of a kind's fields by name; None where the kind is not described."""
    found = node(kind)
    return None if found is None else {entry["name"]: entry["type"] for entry in found["fields"]}


@cache
def operation(kind: str, method: str, name: str) -> dict[str, Any] | None:
    """The operation of a kind: ``name`` is an edge, or ``#get``, ``#update``, ``#delete``. None where there is none."""
    for entry in (node(kind) or {}).get("apis", ()):
        if entry["method"] == method and (entry.get("endpoint") or entry.get("name")) == name:
            return entry
    return None


def edges(kind: str) -> set[str]:
    """The edges that can be read of a kind."""
    return {
        entry["endpoint"]
        for entry in (node(kind) or {}).get("apis", ())
        if entry["method"] == "GET" and entry.get("endpoint")
    }


def coerced(written: Any, type_name: str) -> Any:
    """The value that a form's ``written`` string stands for. Raises Wrong where it is not of that type."""
    if written is UPLOAD:
        if type_name not in {"file", "string", "Object"}:
            raise Wrong(f"a file where {type_name} was due")
        return written
    if not isinstance(written, str) or type_name in {"string", "file"}:
        return conforming(written, type_name)
    if type_name == "bool":
        if written.lower() not in {"true", "false", "1", "0"}:
            raise Wrong(f"{written!r} is no bool")
        return written.lower() in {"true", "1"}
    if type_name in {"int", "unsigned int"} and re.fullmatch(r"-?\d{1,20}", written):
        return conforming(int(written), type_name)
    if type_name == "float" and re.fullmatch(r"-?\d+(\.\d+)?", written):
        return float(written)
    if type_name.startswith(("list", "map")) or type_name == "Object":
        try:
            return conforming(json.loads(written), type_name)
        except ValueError:
            if type_name.startswith("list<"):  # Meta takes a list of words with commas as well
                return conforming(written.split(","), type_name)
            return conforming(written, type_name)
    return conforming(written, type_name)


def conforming(value: Any, type_name: str) -> Any:
    """``value`` if it is of that type. Raises Wrong where it is not."""
    if not _is_of(value, type_name):
        raise Wrong(f"{str(value)[:80]!r} is no {type_name}")
    return value


def _is_of(value: Any, type_name: str) -> bool:
    if value is None:
        return True
    inner = re.fullmatch(r"list<(.+)>", type_name)
    if inner:
        return isinstance(value, list) and all(_is_of(item, inner[1]) for item in value)
    values = re.fullmatch(r"map<\w+, (.+)>", type_name)
    if values:
        return isinstance(value, Mapping) and all(_is_of(item, values[1]) for item in value.values())
    match type_name:
        case "string":
            return isinstance(value, str)
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "unsigned int":
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case "float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "datetime":
            return _is_time(value)
        case "map":
            return isinstance(value, Mapping)
        case "list":
            return isinstance(value, list)
        case "file":
            return value is UPLOAD
        case "Object":
            return True
    if type_name in enums():
        return str(value) in enums()[type_name]
    known = fields(type_name)
    if isinstance(value, Mapping):
        return known is None or set(value) <= {*known, "id"}
    return isinstance(value, str)  # an id in the place of the node


def _is_time(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return value > 0
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return str(value).isdigit()
    return True


WITHOUT = {"subscribed_fields": "list<string>", "file_size": "unsigned int"}
"""Types of parameters whose value does not tell them; for a checkout without Meta's description."""


def guessed(name: str, written: Any) -> Any:
    """The value that a form's string most likely stands for, where nothing describes it."""
    if not isinstance(written, str):
        return written
    if name in WITHOUT:
        return coerced(written, WITHOUT[name])
    if written in {"true", "false"}:
        return written == "true"
    try:
        return json.loads(written) if written[:1] in {"[", "{"} else written
    except ValueError:
        return written


def there() -> bool:
    """Whether Meta's description lies beside this checkout."""
    return Path(FOLDER).is_dir()
