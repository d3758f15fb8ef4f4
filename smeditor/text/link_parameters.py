"""What a newsroom adds to its links for its statistics: ``utm_source=desk&utm_campaign={section}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

_FIELD = re.compile(r"\{(\w+)\}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,49}")
_NO_WORD = re.compile(r"[^\w.~-]+")


class BadParameters(ValueError):
    """What was typed are no pairs of ``name=value``, separated by ``&``."""


def parse_parameters(typed: str) -> list[tuple[str, str]]:
    """Return the pairs of ``typed``, as they are, the leading ``?`` or ``&`` left out. Raises BadParameters."""
    pairs = [part.partition("=") for part in typed.strip().lstrip("?&").split("&") if part]
    if not all(_NAME.fullmatch(name) and equals and value.strip() for name, equals, value in pairs):
        raise BadParameters(typed)
    return [(name, value.strip()) for name, _equals, value in pairs]


def with_parameters(link: str, typed: str, fields: Mapping[str, str]) -> str:
    """``link`` with the parameters of ``typed``, in which ``{name}`` stands for a field, spelled for statistics.

    A parameter that the link has already stays as it is, and one whose field is empty is left out. What cannot be read adds
    nothing. Letters and digits of any script are kept, all else becomes a hyphen.
    """
    if not link:
        return link
    try:
        pairs = parse_parameters(typed)
    except BadParameters:
        return link
    address, mark, fragment = link.partition("#")
    page, _mark, query = address.partition("?")
    kept = [part for part in query.split("&") if part]
    there = {part.partition("=")[0] for part in kept}
    for name, value in pairs:
        filled = _NO_WORD.sub("-", _FIELD.sub(lambda match: fields.get(match[1], ""), value)).strip("-").lower()
        if filled and name not in there:
            kept.append(f"{name}={quote(filled, safe='~')}")
    return f"{page}{'?' if kept else ''}{'&'.join(kept)}{mark}{fragment}"
