"""From bytes to text: only by what a text can be written in, whatever a server or a document names."""

from __future__ import annotations

import codecs
import re

BEYOND_TEXT = frozenset(
    {
        "idna",
        "punycode",
        "undefined",
        "unicode-escape",
        "raw-unicode-escape",
        "utf-7",
        "mbcs",
        "oem",
        "utf-16",
        "utf-32",
    }
)
"""Codecs that Python counts among those for text and no page is written in; some take quadratic time. ``utf-16`` and
``utf-32`` without an order of bytes raise where the first bytes do not show it."""
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DECLARED = re.compile(
    rb"""(?:<\?xml[^>]{0,200}?encoding|<meta[^>]{0,200}?charset)\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.I
)
START = 4096
"""Bytes in which a document names its encoding (HTML: the first 1024)."""
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def codec(name: str) -> str:
    """Python's name of the encoding ``name``, if it is one that a text can be written in; else an empty string."""
    name = name.strip(" \"'")[:40]
    try:
        known = codecs.lookup(name).name if name and name.isascii() and name.isprintable() else ""
        if known.replace("_", "-") in BEYOND_TEXT:
            return ""
        "a".encode(known or "utf-8")  # "base64" and its like are codecs, and none for text
    except (LookupError, ValueError):
        return ""
    return known


def charset_of(content_type: str) -> str:
    """The encoding that a ``Content-Type`` names, as :func:`codec` knows it."""
    return codec(content_type.lower().partition("charset=")[2].partition(";")[0])


def decode(content: bytes, charset: str = "") -> str:
    """The text of a document. What cannot be decoded is replaced; nothing raises.

    The encoding is that of its byte order mark, else ``charset`` (the header's), else what it names itself, else UTF-8,
    or, where it is none, Windows-1252.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _storable(content[len(mark) :].decode(encoding, "replace"))
    declared = DECLARED.search(content[:START])
    named = codec(charset) or (codec(declared[1].decode("ascii")) if declared else "")
    if named.startswith(("utf-16", "utf-32")) and not codec(charset):
        named = "utf-8"  # it could be read as ASCII, so that it is something else than it says
    if named == "iso8859-1":
        named = "cp1252"  # as every browser reads it (WHATWG, Encoding)
    if named:
        return _storable(content.decode(named, "replace"))
    try:
        return _storable(content.decode("utf-8"))
    except UnicodeDecodeError:
        return _storable(content.decode("cp1252", "replace"))


def _storable(text: str) -> str:
    return UNSTORABLE.sub("", text)
