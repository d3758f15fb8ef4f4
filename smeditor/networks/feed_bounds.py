"""Foreign XML made harmless for the feed parser before it is parsed: bounded in items, fields, depth and length.

A feed parser takes quadratic time, and worse, on what no honest feed holds: an author of a hundred kilobytes, a hundred
thousand open elements, categories without end. One pass in linear time writes the feed anew: well-formed, without
comments, declarations and entities of its own, each field no longer than its kind may be. It is the parser's strict
half that reads it then, never the forgiving one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import unescape
from html.entities import html5
from xml.sax.saxutils import escape, quoteattr

import regex

MAX_ITEMS = 300
MAX_MARKS = 100_000
"""Tags and whatever else begins with "<"."""
MAX_FIELDS = 300
"""Elements directly in one entry, and beside the entries."""
MAX_DEPTH = 40
MAX_ALTERNATIVES = 16
"""Descriptions of media in one entry."""
MAX_ATTRIBUTES = 30
LONGEST_VALUE = 2000
LONGEST_BODY = 60_000
LONGEST_NAME = 500
LONGEST_DATE = 100
LONGEST_FIELD = 4000

ITEMS = frozenset({"item", "entry"})
FRAMES = frozenset({"rss", "rdf", "channel", "feed"})
BODIES = frozenset({"description", "encoded", "content", "summary", "body", "fullitem", "div", "abstract"})
NAMES = frozenset(
    {"author", "creator", "contributor", "managingeditor", "webmaster", "publisher", "owner", "name", "email"}
)
DATES = frozenset({"pubdate", "date", "published", "updated", "modified", "issued", "created", "lastbuilddate", "ttl"})
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
"""What the prefixes mean that feeds use without saying so."""

_NAME = r"[A-Za-z_][A-Za-z0-9_.-]{0,40}+(?::[A-Za-z_][A-Za-z0-9_.-]{0,40}+)?+"
_TAG = regex.compile(
    rf"<(?P<close>/?+)(?P<name>{_NAME})(?P<rest>(?:[^<>\"']|\"[^\"<]{{0,8000}}+\"|'[^'<]{{0,8000}}+'){{0,4000}}+)>"
)
_ATTRIBUTE = regex.compile(
    rf"(?<![^\s\"'])(?P<name>{_NAME})\s*+=\s*+(?:\"(?P<double>[^\"<]*+)\"|'(?P<single>[^'<]*+)')"
)
_AMPERSAND = regex.compile(
    r"&(?:#(?P<decimal>\d{1,7}+);|#[xX](?P<hexadecimal>[0-9a-fA-F]{1,6}+);|(?P<name>[A-Za-z][A-Za-z0-9]{0,30}+);)?+"
)
_NO_XML = regex.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_OWN_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})


@dataclass
class BoundedFeed:
    """A feed written anew. ``repaired``: it was not well-formed. ``cut``: entries, or parts of one, were left out.

    ``alternatives``: what each entry, in order, says of its media (``media:description``). It is left out of ``xml``,
    where the parser would take it for the entry's own text.
    """

    xml: str = ""
    alternatives: list[list[str]] = field(default_factory=list)
    repaired: bool = False
    cut: bool = False


@dataclass
class _Open:
    """An element that is open; ``written`` says whether its tag was."""

    name: str
    written: bool


@dataclass
class _Field:
    """The field that is being read: how deep it lies, and how many characters it may still have."""

    depth: int
    left: int


@dataclass
class _Writer:
    result: BoundedFeed = field(default_factory=BoundedFeed)
    out: list[str] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    open_names: dict[str, int] = field(default_factory=dict)
    prefixes: set[str] = field(default_factory=set)
    declared: dict[str, str] = field(default_factory=dict)
    field: _Field | None = None
    alternative: _Field | None = None
    item_depth: int = 0
    items: int = 0
    fields: int = 0
    root: int | None = None

    def text(self, text: str, *, is_literal: bool = False) -> None:
        """Write character data, if a field is open and has room. ``is_literal``: of a CDATA section."""
        if self.alternative is not None:
            kept = text[: self.alternative.left]
            self.alternative.left -= len(kept)
            self.result.alternatives[-1][-1] += kept if is_literal else self._meant(kept)
            return
        if self.field is None or self.field.left <= 0 or not text:
            return
        kept = text[: self.field.left]
        self.field.left -= len(kept)
        self.out.append(escape(kept) if is_literal else escape(self._meant(kept)))

    def start(self, name: str, rest: str) -> bool:
        """Open an element. False when it is an entry too many."""
        local = _local(name)
        if local in ITEMS and self.field is None and not self.item_depth:
            if self.items >= MAX_ITEMS:
                return False
            self.items += 1
            self.item_depth, self.fields = len(self.stack) + 1, 0
            self.result.alternatives.append([])
        elif self.field is None and local not in FRAMES:
            self.fields += 1
            if self.fields > MAX_FIELDS:
                self.result.cut = True
            self.field = _Field(len(self.stack) + 1, _longest(local) if self.fields <= MAX_FIELDS else 0)
        if self.item_depth and self.alternative is None and local == "description" and self._is_media(name):
            takes_more = len(self.result.alternatives[-1]) < MAX_ALTERNATIVES
            self.alternative = _Field(len(self.stack) + 1, LONGEST_FIELD if takes_more else 0)
            if takes_more:
                self.result.alternatives[-1].append("")
        written = (
            (self.field is None or self.field.left > 0) and len(self.stack) < MAX_DEPTH and self.alternative is None
        )
        is_empty = rest.rstrip().endswith("/")
        if written:
            if self.field is not None:
                self.field.left -= len(name) + 2
            self._write_start(name, rest)
        self.stack.append(_Open(name, written))
        self.open_names[name] = self.open_names.get(name, 0) + 1
        if is_empty:
            self.end(name)
        return True

    def end(self, name: str) -> None:
        if not self.open_names.get(name):
            self.result.repaired = True
            return
        while True:
            closed = self._pop()
            if closed == name:
                return
            self.result.repaired = True

    def finish(self) -> BoundedFeed:
        while self.stack:
            self._pop()
            self.result.repaired = self.result.repaired or not self.result.cut
        missing = {
            prefix: self.declared.get(prefix) or NAMESPACES.get(prefix, f"urn:unknown:{prefix}")
            for prefix in self.prefixes
        }
        if self.root is not None:
            self.out[self.root] = "".join(
                f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in sorted(missing.items())
            )
        self.result.xml = '<?xml version="1.0" encoding="utf-8"?>' + "".join(self.out)
        return self.result

    def _pop(self) -> str:
        opened = self.stack.pop()
        self.open_names[opened.name] -= 1
        if opened.written:
            self.out.append(f"</{opened.name}>")
        depth = len(self.stack) + 1
        if self.field is not None and self.field.depth == depth:
            self.field = None
        if self.alternative is not None and self.alternative.depth == depth:
            self.alternative = None
        if self.item_depth == depth:
            self.item_depth, self.fields = 0, 0
        return opened.name

    def _write_start(self, name: str, rest: str) -> None:
        self._note_prefix(name)
        attributes = self._attributes(rest)
        self.out.append(f"<{name}")
        if self.root is None:
            self.root = len(self.out)
            self.out.append("")
            attributes = {key: value for key, value in attributes.items() if not key.startswith("xmlns:")}
        self.out.append("".join(f" {key}={quoteattr(value)}" for key, value in attributes.items()) + ">")

    def _attributes(self, rest: str) -> dict[str, str]:
        """The first so many attributes, each once, their entities solved."""
        found: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(rest):
            if len(found) >= MAX_ATTRIBUTES:
                break
            name, value = match["name"], self._meant(match["double"] or match["single"] or "")[:LONGEST_VALUE]
            if name.startswith("xmlns:"):
                if not value.strip() or name in {"xmlns:xml", "xmlns:xmlns"}:
                    continue
                prefix = name.removeprefix("xmlns:")
                self.declared.setdefault(prefix, value)
                self.prefixes.add(prefix)
            else:
                self._note_prefix(name)
            found.setdefault(name, value)
        return found

    def _is_media(self, name: str) -> bool:
        """Whether an element is Media RSS's (https://www.rssboard.org/media-rss)."""
        prefix, colon, _local_name = name.partition(":")
        meaning = self.declared.get(prefix) or NAMESPACES.get(prefix, "")
        return bool(colon) and meaning.rstrip("/") == NAMESPACES["media"].rstrip("/")

    def _note_prefix(self, name: str) -> None:
        prefix, colon, _local_name = name.partition(":")
        if colon and prefix not in {"xml", "xmlns"}:
            self.prefixes.add(prefix)

    def _meant(self, text: str) -> str:
        """``text`` with its entities solved: XML's own, HTML's too, none that the document declares."""

        def solved(match: regex.Match[str]) -> str:
            name = match["name"]
            if name in _OWN_ENTITIES or (name and f"{name};" in html5) or match["decimal"] or match["hexadecimal"]:
                return _NO_XML.sub("", unescape(match.group()))
            self.result.repaired = True
            return match.group()

        return _AMPERSAND.sub(solved, text)


def bound_feed(text: str) -> BoundedFeed:
    """Write the feed ``text`` anew, bounded. Raises nothing; of what is no XML hardly anything is left."""
    text = _NO_XML.sub("", text)
    writer = _Writer()
    missing: set[str] = set()
    at = marks = 0
    while (opening := text.find("<", at)) >= 0:
        writer.text(text[at:opening])
        marks += 1
        at = _markup(text, opening, writer, missing) if marks <= MAX_MARKS else -1
        if at < 0:
            writer.result.cut = True
            break
    else:
        writer.text(text[at:])
    return writer.finish()


def _markup(text: str, opening: int, writer: _Writer, missing: set[str]) -> int:
    """Read what begins at ``opening`` with "<"; return where it ends, -1 when no more is to be read."""
    for start, end in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")):
        if text.startswith(start, opening):
            inside = opening + len(start)
            closing = _closing(text, end, inside, missing)
            if closing < 0:
                writer.result.repaired = True
                return _literally(text, opening, writer)
            if start == "<![CDATA[":
                writer.text(text[inside:closing], is_literal=True)
            return closing + len(end)
    if text.startswith("<!", opening):
        return _after_declaration(text, opening, writer, missing)
    match = _TAG.match(text, opening)
    if match is None:
        writer.result.repaired = True
        return _literally(text, opening, writer)
    if match["close"]:
        writer.end(match["name"])
    elif not writer.start(match["name"], match["rest"]):
        return -1
    return match.end()


def _literally(text: str, opening: int, writer: _Writer) -> int:
    writer.text(text[opening], is_literal=True)
    return opening + 1


def _after_declaration(text: str, opening: int, writer: _Writer, missing: set[str]) -> int:
    """Leave out a document type, the entities that it declares included."""
    closing = _closing(text, ">", opening, missing)
    if closing < 0:
        return _literally(text, opening, writer)
    if "[" in text[opening:closing]:
        subset = _closing(text, "]>", opening, missing)
        return subset + 2 if subset >= 0 else closing + 1
    return closing + 1


def _closing(text: str, what: str, at: int, missing: set[str]) -> int:
    """Where ``what`` comes next, -1 for nowhere. What was not found once is never looked for again."""
    if what in missing:
        return -1
    found = text.find(what, at)
    if found < 0:
        missing.add(what)
    return found


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _longest(local: str) -> int:
    """How many characters a field of this name may have."""
    if local in BODIES:
        return LONGEST_BODY
    if local in NAMES:
        return LONGEST_NAME
    return LONGEST_DATE if local in DATES else LONGEST_FIELD
