"""Meta's own collection of requests to the Threads API: which parameters there are, and which keys answers have.

``/work/shared/specs/threads-postman.json`` (github.com/fbsamples/threads_api, ``postman/``). A request there has its
parameters (also those that are switched off) and a saved answer; the fields that can be asked for stand in the
collection's variables. Where the file is not there, everything passes.

What the collection does not have is ours, with its source, in ``EXTRA_PARAMS`` and ``EXTRA_KEYS``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests import shared
from tests.networks.doubles.base import ContractBroken

PATH = shared.ROOT / "specs" / "threads-postman.json"
KEY = re.compile(r'"(\w+)"\s*:')
EXTRA_PARAMS = {
    # paging of every list: https://developers.facebook.com/documentation/threads/reference/reply-management (2026-11-30)
    ("GET", "/{id}/conversation"): {"after", "before"},
    ("GET", "/{id}/replies"): {"after", "before"},
    # any post may quote: https://developers.facebook.com/docs/threads/posts/quote-posts (2026-11-30)
    ("POST", "/me/threads"): {"quote_post_id"},
}
EXTRA_KEYS = {
    # https://developers.facebook.com/docs/graph-api/results (2026-11-30)
    "paging": {"next", "previous", "cursors", "before", "after"},
    # https://developers.facebook.com/documentation/threads/troubleshooting/debug-access-token (2026-11-30)
    ("GET", "/debug_token"): {
        "data",
        "type",
        "application",
        "data_access_expires_at",
        "expires_at",
        "is_valid",
        "issued_at",
        "scopes",
        "user_id",
    },
    # https://developers.facebook.com/docs/threads/get-started/long-lived-tokens (2026-11-30)
    ("GET", "/refresh_access_token"): {"access_token", "token_type", "expires_in"},
    # a container's are named in the request's own description; a reply's: Meta's sample program asks ``is_reply`` and
    # ``reply_audience`` of a single post (github.com/fbsamples/threads_api, src/index.js, 2026-11-30), the others stand
    # beside them in the fields of replies
    ("GET", "/{id}"): {"id", "status", "error_message", "is_reply", "root_post", "replied_to", "hide_status"},
}
REQUIRED = {
    ("POST", "/oauth/access_token"): {"client_id", "client_secret", "code", "grant_type", "redirect_uri"},
    ("GET", "/access_token"): {"grant_type", "client_secret"},
    ("GET", "/refresh_access_token"): {"grant_type"},
    ("POST", "/me/threads"): {"media_type"},
    ("POST", "/me/threads_publish"): {"creation_id"},
    ("POST", "/{id}/manage_reply"): {"hide"},
    ("GET", "/debug_token"): {"input_token"},
}
FIXED = {"grant_type", "media_type", "is_carousel_item"}
"""Parameters whose value in the collection is the only one for that request."""


@dataclass
class Template:
    """One request of the collection."""

    name: str
    method: str
    path: str
    params: set[str] = field(default_factory=set)
    fixed: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)


@cache
def templates() -> tuple[Template, ...]:
    """The requests of the collection; none where it is not there."""
    if not PATH.is_file():
        return ()
    document = json.loads(PATH.read_text())
    variables = {entry["key"]: entry.get("value", "") for entry in document["variable"]}
    return tuple(_template(item, variables) for item in _requests(document["item"]))


def _requests(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        if "item" in item:
            yield from _requests(item["item"])
        else:
            yield item


def _template(item: dict[str, Any], variables: dict[str, str]) -> Template:
    url = item["request"]["url"]
    path = re.sub(r"\{\{\w*id\}\}", "{id}", url["raw"].partition("?")[0].removeprefix("{{api_host}}")).rstrip("/")
    found = Template(item["name"], item["request"]["method"], path)
    for parameter in url.get("query", ()):
        found.params.add(parameter["key"])
        value = str(parameter.get("value") or "")
        if parameter["key"] == "fields" and value.startswith("{{"):
            found.fields |= field_names(variables[value.strip("{}")])
        elif parameter["key"] in FIXED and not value.startswith("{{"):
            found.fixed[parameter["key"]] = value
    for answer in item.get("response", ()):
        found.keys |= set(KEY.findall(answer.get("body") or ""))
    return found


def field_names(text: str) -> set[str]:
    """The names at the top of a list of fields."""
    return {name for name in re.sub(r"\{[^}]*\}", "", text).split(",") if name}


def known_path(path: str) -> str:
    """The path as the collection writes it: an id becomes ``{id}``."""
    return re.sub(r"/\d+(?=/|$)", "/{id}", path).rstrip("/")


def matching(method: str, path: str, params: dict[str, str]) -> list[Template]:
    """The collection's requests that this one can be. Raises ContractBroken where it is none of them."""
    if not templates():
        return []
    place = known_path(path)
    found = [template for template in templates() if (template.method, template.path) == (method, place)]
    if not found:
        raise ContractBroken(f"the collection has no {method} {place}")
    found = [
        template
        for template in found
        if all(params.get(key, value) == value for key, value in template.fixed.items())
        and ("is_carousel_item" in template.fixed) == ("is_carousel_item" in params)
    ]
    if not found:
        raise ContractBroken(f"no {method} {place} of the collection has these values: {params}")
    allowed = set().union(*(template.params for template in found)) | EXTRA_PARAMS.get((method, place), set())
    unknown = set(params) - allowed
    if unknown:
        raise ContractBroken(f"{method} {place} knows no parameter {sorted(unknown)}")
    missing = REQUIRED.get((method, place), set()) - set(params)
    if missing:
        raise ContractBroken(f"{method} {place} lacks {sorted(missing)}")
    wanted = field_names(params.get("fields", ""))
    named = set().union(*(template.fields for template in found)) | EXTRA_KEYS.get((method, place), set())
    if wanted - named - {"id"}:
        raise ContractBroken(f"{method} {place} knows no field {sorted(wanted - named)}")
    return found


def check_answer(method: str, path: str, found: list[Template], data: Any) -> None:
    """Raise ContractBroken for a key of an answer that neither the saved answers nor the fields have."""
    if not found:
        return
    keys = set().union(*(template.keys | template.fields for template in found))
    keys |= EXTRA_KEYS.get((method, known_path(path)), set()) | {"id"}
    _check_keys(data, keys, f"{method} {known_path(path)}")


def _check_keys(data: Any, keys: set[str], what: str) -> None:
    if isinstance(data, list):
        for item in data:
            _check_keys(item, keys, what)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key not in keys and key != "paging":
                raise ContractBroken(f"an answer of {what} has no {key}")
            _check_keys(value, EXTRA_KEYS["paging"] if key == "paging" else keys, what)
