"""Blacking out secrets in whatever is logged, stored or shown: by their known values, in whatever form they come back.

A server that quotes a token gives it back as it likes: cut, in Base64, percent-encoded, escaped for JSON or HTML, as
the ``repr`` of bytes. A pattern that knows how tokens are introduced misses most of that. So each secret that the
process works with is remembered here, in memory only, and a text is compared with it letter by letter: whatever is no
letter or digit, and how letters are escaped, is left out of account. Eight in a row of any secret are blacked out.
"""

from __future__ import annotations

import base64
import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html.entities import html5

BLACK = "█"
SHORTEST_LEAK = 8
"""So many letters and digits in a row of a secret are a leak. A shorter secret is none: it would be any word."""
FEWEST = 4
"""A secret that is made of other characters is known by all its letters and digits, if they are so many."""
SHORTEST_HEX_LEAK = 16
MOST = 64
"""Secrets remembered at a time, those last used: an error is about the account that is at work."""
LONGEST_SECRET = 4000
LONGEST_TEXT = 20_000

INTRODUCED = re.compile(
    r"(?i)((?:bearer|dpop)\s+"
    r"|\"?(?:access_?token|refresh_?token|id_?token|accessjwt|refreshjwt|password|passwd|client_secret|api_?key)\"?"
    r"\s{0,20}[:=]\s{0,20}\"?"
    r"|authorization\"?\s{0,20}[:=]\s{0,20}\"?(?:[a-z]{1,20}\s{1,20})?)[^\s\",&}]+"
)
"""How secrets are introduced that are not known by value: another program's, an older one's."""
ESCAPE = re.compile(
    r"%(?:25){0,4}([0-9a-fA-F]{2})"
    r"|\\{1,8}u\{?0{0,4}([0-9a-fA-F]{2})(?![0-9a-fA-F])\}?"
    r"|\\{1,8}x([0-9a-fA-F]{2})"
    r"|&(?:amp;){0,4}#0{0,6}([0-9]{2,3});?"
    r"|&(?:amp;){0,4}#[xX]0{0,6}([0-9a-fA-F]{2});?"
    r"|&(?:amp;){0,4}([a-zA-Z]{2,8});"
    r"|\\[nrtbf]"
)


class _Known:
    """The secrets that were last at work, newest last."""

    def __init__(self) -> None:
        self.values: OrderedDict[str, None] = OrderedDict()
        self.lock = threading.Lock()

    def add(self, value: str) -> None:
        with self.lock:
            self.values[value] = None
            self.values.move_to_end(value)
            while len(self.values) > MOST:
                self.values.popitem(last=False)

    def all(self) -> list[str]:
        with self.lock:
            return list(self.values)


_known = _Known()


def remember(values: Iterable[object]) -> None:
    """Let none of these secrets appear in a redacted text of this process any more. What is no string is left out."""
    for value in values:
        if isinstance(value, str) and len(value.strip()) >= SHORTEST_LEAK:
            _known.add(value.strip()[:LONGEST_SECRET])


def redact(text: str, limit: int = 500) -> str:
    """Return at most ``limit`` characters of ``text`` without known secrets, bearer tokens, JWTs and passwords."""
    text = INTRODUCED.sub(rf"\1{BLACK}", text[: min(limit * 8, LONGEST_TEXT)])
    return redact_known(text)[:limit]


def redact_known(text: str) -> str:
    """``text`` with each stretch of a remembered secret blacked out, however it is written."""
    secrets = _known.all()
    if not secrets:
        return text
    return "".join(_parts(text, sorted(_leaks(text, secrets))))


def holds_secret(text: str) -> bool:
    """Whether ``text``, of any length, holds a remembered secret as it is; quick, and blind to other forms of it."""
    return any(secret in text for secret in _known.all() if len(secret) >= SHORTEST_LEAK)


def _parts(text: str, leaks: list[tuple[int, int]]) -> Iterator[str]:
    at = 0
    for start, end in leaks:
        if start >= at:
            yield text[at:start]
            yield BLACK
        at = max(at, end)
    yield text[at:]


def _leaks(text: str, secrets: list[str]) -> Iterator[tuple[int, int]]:
    """The stretches of ``text`` that are those of a secret; they may overlap."""
    readings = [list(_plain_characters(text)), list(_characters_as_written(text))]
    for secret in secrets:
        grams, size = _grams(secret)
        for reading in readings:
            characters = "".join(character for character, _start, _end in reading)
            for wanted in {size, SHORTEST_HEX_LEAK}:
                for place in range(len(characters) - wanted + 1):
                    if characters[place : place + wanted] in grams:
                        yield reading[place][1], reading[place + wanted - 1][2]


def _characters_as_written(text: str) -> Iterator[tuple[str, int, int]]:
    """Each ASCII letter and digit of ``text``, in lower case, with where it stands."""
    for match in re.finditer(r"[0-9A-Za-z]", text):
        yield match.group().lower(), match.start(), match.end()


def _plain_characters(text: str) -> Iterator[tuple[str, int, int]]:
    """The same of what ``text`` means once its escapes are solved."""
    at = 0
    for escape in ESCAPE.finditer(text):
        yield from (
            (character, start + at, end + at)
            for character, start, end in _characters_as_written(text[at : escape.start()])
        )
        at = escape.end()
        character = _meant(escape).lower()
        if character.isascii() and character.isalnum():
            yield character, escape.start(), escape.end()
    yield from ((character, start + at, end + at) for character, start, end in _characters_as_written(text[at:]))


def _meant(escape: re.Match[str]) -> str:
    percent, unicode, byte, decimal, hexadecimal, named = escape.groups()
    if decimal:
        return chr(int(decimal))
    if named:
        meant = html5.get(f"{named};", "")
        return meant if len(meant) == 1 else ""
    code = percent or unicode or byte or hexadecimal
    return chr(int(code, 16)) if code else ""


@lru_cache(maxsize=MOST)
def _grams(secret: str) -> tuple[frozenset[str], int]:
    """Every stretch by which ``secret`` is recognised, in all its forms, and how long those of the plain form are."""
    raw = secret.encode("utf-8", "replace")
    plain = _alphanumerics(secret)
    size = SHORTEST_LEAK if len(plain) >= SHORTEST_LEAK else max(len(plain), FEWEST)
    forms = [plain]
    if len(raw) >= SHORTEST_LEAK:
        # Base64 reads three bytes at a time: what stands before the secret shifts it by none, one or two.
        forms += [_alphanumerics(_in_base64(raw, shift)) for shift in range(3)]
    grams = {form[place : place + size] for form in forms for place in range(len(form) - size + 1)}
    hexed = raw.hex()
    grams |= {hexed[place : place + SHORTEST_HEX_LEAK] for place in range(len(hexed) - SHORTEST_HEX_LEAK + 1)}
    return frozenset(grams), size


def _in_base64(raw: bytes, shift: int) -> str:
    """Those characters of its Base64 that the secret alone decides, ``shift`` bytes after the start of a group."""
    encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
    return encoded[-(-shift * 8 // 6) : len(encoded) - 1]


def _alphanumerics(text: str) -> str:
    return "".join(re.findall(r"[0-9A-Za-z]", text)).lower()


class RedactSecrets(logging.Filter):
    """A filter for a log's handler: message and traceback without known secrets, whoever wrote them."""

    formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Put the known secrets out of the record's message and traceback; let every record pass."""
        record.msg, record.args = redact_known(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact_known(record.exc_text)
        return True
