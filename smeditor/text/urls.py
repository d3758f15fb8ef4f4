"""Finding links in running text as X and Mastodon do.

``X`` follows twitter-text 3.1 (Apache-2.0; its conformance suite is the test): a bare ``lemonde.fr`` links too. ``MASTODON`` needs a
scheme and takes any script in a path, as that server does before it counts (``app/validators/status_length_validator.rb``).
Every pattern is possessive: no text makes it go back, so the time is linear.
"""

import re
from dataclasses import dataclass

import regex

from smeditor.text.domains import LATIN_ACCENTS, Host, Run, ascii_hosts, is_resolvable, may_start_after, runs
from smeditor.text.offsets import utf16_length

_LONGEST_URL = 4096
_LONGEST_TCO_SLUG = 40
_CYRILLIC = r"\u0400-\u04FF"
_SCHEME = re.compile(r"https?://\Z", re.IGNORECASE)
_LONGEST_SCHEME = len("https://")
_DEFAULT_SCHEME = "https://"
_PORT = re.compile(r":[0-9]+")
_UNICODE = r"\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF\U00010000-\U000E1000"


@dataclass(frozen=True, slots=True)
class Url:
    """A link found at code points ``[start, end)`` of a text; ``bare`` when it was written without its scheme."""

    text: str
    start: int
    end: int
    bare: bool


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one network takes as a link: whether a scheme may be missing, and what goes into a path and a query."""

    bare: bool
    path: "regex.Pattern[str]"
    query: "regex.Pattern[str]"


def _tail_pattern(lead: str, inner: str, ending: str, balanced: str = "(?!)") -> "regex.Pattern[str]":
    """Match ``lead`` and then the longest stretch of ``inner`` that ends with ``ending`` (or a balanced parenthesis)."""
    return regex.compile(rf"{lead}(?:(?:(?!{ending}){inner})*+(?:{ending}|{balanced}))++")


def _balanced(inner: str) -> str:
    """One pair of parentheses, with at most one more inside, as in /Primer_(film)."""
    return rf"\((?:{inner}++|{inner}*+\({inner}++\){inner}*+)\)"


_X_PATH_END = rf"[+\-a-zA-Z{_CYRILLIC}0-9=_#/{LATIN_ACCENTS}]"
_X_PATH = rf"[+\-a-zA-Z{_CYRILLIC}0-9=_#/{LATIN_ACCENTS}!*';:,.$%\[\]\u2013~@|&]"
_X_QUERY_END = r"[a-zA-Z0-9\-_&=#/]"
_X_QUERY = r"[a-zA-Z0-9\-_&=#/!?*'@();:+$%\[\].,~|]"
X = Dialect(
    bare=True,
    path=_tail_pattern("/", _X_PATH, _X_PATH_END, _balanced(_X_PATH)),
    query=_tail_pattern(r"\?", _X_QUERY, _X_QUERY_END),
)

_MASTODON_PATH_END = r"[^\s()?!*\"'「」<>;:=,.$%\[\]~&|@]"
_MASTODON_PATH = r"[^\s<>()?]"
_MASTODON_QUERY_END = rf"[a-zA-Z0-9_&=#/\-{_UNICODE}]"
_MASTODON_QUERY = rf"[a-zA-Z0-9_&=#/\-{_UNICODE}!?*'();:+$%\[\].,~|@^]"
MASTODON = Dialect(
    bare=False,
    path=_tail_pattern("/", _MASTODON_PATH, _MASTODON_PATH_END, _balanced(_MASTODON_PATH)),
    query=_tail_pattern(r"\?", _MASTODON_QUERY, _MASTODON_QUERY_END),
)

_TCO = regex.compile(r"https?://t\.co/([a-z0-9]++)", regex.IGNORECASE)


def find_urls(text: str, dialect: Dialect = X) -> list[Url]:
    """Return the links of ``text`` in order, none overlapping; positions are code points."""
    found: list[Url] = []
    if "." not in text:
        return found
    earliest = 0  # a link needs a character between it and the one before
    for start, end in runs(text):
        if end <= earliest or text.find(".", start, end) < 0:  # a plain word, as most are
            continue
        run = Run(text, start, end)
        scheme = _scheme_before(text, start)
        if scheme and start - scheme >= earliest and (host := run.host_at_start()):
            stop = _end_of_link(text, host, dialect)
            found += _with_scheme(text, start - scheme, host, stop, dialect)
            earliest = stop + 1
        while earliest < end and (host := run.next_host(earliest)):
            stop = _end_of_link(text, host, dialect)
            if dialect.bare:
                found += _without_scheme(text, host, stop, dialect)
            earliest = stop + 1
    return found


def _scheme_before(text: str, position: int) -> int:
    """Return the length of the scheme that ends at ``position`` and may start a link, else 0."""
    match = _SCHEME.search(text, max(0, position - _LONGEST_SCHEME), position)
    if not match or not may_start_after(text, match.start()):
        return 0
    return position - match.start()


def _end_of_link(text: str, host: Host, dialect: Dialect) -> int:
    path_start = _after(_PORT, text, host.end)
    path_end = _after(dialect.path, text, path_start)
    if path_end == path_start and text[path_start : path_start + 1] == "/":
        path_end += 1
    return _after(dialect.query, text, path_end)


def _after(pattern: "re.Pattern[str] | regex.Pattern[str]", text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _with_scheme(text: str, start: int, host: Host, end: int, dialect: Dialect) -> list[Url]:
    if not is_resolvable(text, host) or utf16_length(text[start:end]) + host.start - start > _LONGEST_URL:
        return []
    tco = _TCO.match(text, start, end)
    if tco and dialect.bare:
        if len(tco.group(1)) > _LONGEST_TCO_SLUG:
            return []
        end = _after(dialect.query, text, tco.end())
    return [Url(text[start:end], start, end, bare=False)]


def _without_scheme(text: str, host: Host, end: int, dialect: Dialect) -> list[Url]:
    if host.start and text[host.start - 1] in "-_./":
        return []
    if not is_resolvable(text, host) or utf16_length(text[host.start : end]) + len(_DEFAULT_SCHEME) > _LONGEST_URL:
        return []
    found = [
        Url(text[part.start : part.end], part.start, part.end, bare=True)
        for part in ascii_hosts(text, host.start, host.end)
    ]
    path_start = _after(_PORT, text, host.end)
    if found and text[path_start : path_start + 1] == "/" and end > path_start:
        last = found[-1]
        found[-1] = Url(text[last.start : last.end] + text[host.end : end], last.start, end, bare=True)
    return found
