"""Converting positions and lengths in code points (Python) to UTF-8 bytes and UTF-16 units (Bluesky).

A lone surrogate counts as the three bytes or the one unit it would take; nothing here raises on outside text.
"""


def utf8_length(text: str) -> int:
    """Return the number of bytes of ``text`` in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def utf16_length(text: str) -> int:
    """Return the number of 16-bit code units of ``text`` in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the UTF-8 byte offsets of the code point range ``[start, end)`` of ``text``, as Bluesky's facets want them.

    Raises ValueError unless ``0 <= start <= end <= len(text)``.
    """
    _check(text, start, end)
    first = utf8_length(text[:start])
    return first, first + utf8_length(text[start:end])


def _check(text: str, start: int, end: int) -> None:
    if not 0 <= start <= end <= len(text):
        raise ValueError(f"{start}..{end} is no range of a text of {len(text)} characters")
