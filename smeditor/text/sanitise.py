"""Letting readers' words in: safe HTML, and plain text from HTML."""

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import urljoin

from smeditor.text.normal import normalise_text

LONGEST_HTML = 50_000
DEEPEST_HTML = 100  # elements in one another: for each further one the parser walks through all that are open

_CLASSES = {"a": {"mention", "hashtag", "u-url"}, "span": {"invisible", "ellipsis", "h-card"}}
_READER_TAGS = {"p", "br", "a", "span"}
BREAKS = {"p": 2, "blockquote": 2, "pre": 2, "h1": 2, "h2": 2, "h3": 2, "h4": 2, "h5": 2, "h6": 2, "ul": 2, "ol": 2}
BREAKS |= {"div": 1, "li": 1, "br": 1}
_TOKEN = re.compile(r"<(?P<close>/?)(?P<tag>[a-z0-9]+)(?P<attributes>(?:\s[^<>]*)?)>|(?P<text>[^<]+)")
_ALT = re.compile(r'\salt="([^"]*)"')
_LONGEST_ALT = 2000
_SHORT_CODE = re.compile(r":[\w+-]{1,60}:")
_LONGEST_SIGN = 8  # code points of an emoji, its joiners included
_HREF = re.compile(r'\shref="([^"]*)"')
_SCHEME = re.compile(r"https?://", re.I)
_BLANKS = re.compile(r"[ \t\r\n\f]+")

_ANY_TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,20})[^<>]*>")
_UNNESTED = frozenset(
    {"p", "br", "img", "hr", "wbr", "input", "link", "meta"}
)  # void, or closed by the next of its kind
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def bounded_html(html: str) -> str:
    """Return the first 50,000 characters of ``html`` with no element deeper than 100 others: what a parser reads in linear time."""
    html = _LONE_SURROGATE.sub(_REPLACEMENT, html[:LONGEST_HTML])
    depth = 0

    def kept(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag["name"].lower() in _UNNESTED:
            return tag.group()
        depth = max(depth + (-1 if tag["close"] else 1), 0)
        return tag.group() if depth < DEEPEST_HTML else ""

    return _ANY_TAG.sub(kept, html)


def sanitise(html: str) -> str:
    """Return readers' ``html`` with nothing left but ``p``, ``br``, ``span`` and links to http and https, all other tags unwrapped.

    Links get ``rel="nofollow noopener noreferrer ugc"``; classes stay where Mastodon gives them a meaning. What lies beyond 50,000
    characters is cut off. The result is safe to show as it is.
    """
    import nh3

    return nh3.clean(
        bounded_html(html),
        tags=_READER_TAGS,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        allowed_classes=_CLASSES,
        url_schemes={"http", "https"},
        link_rel="nofollow noopener noreferrer ugc",
    )


def to_plain(html: str, base: str = "") -> str:
    """Return readers' ``html`` as plain text, cleaned: paragraphs parted by an empty line, ``br`` by a line end.

    An image becomes its alternative text in brackets, or bare where it stands for a character (an emoji). Relative addresses
    are resolved against ``base``; without one they go. A link whose text is an abbreviation of its address, as Mastodon writes them, becomes the address; a mention or hashtag stays
    as written; any other link becomes its text with the address in parentheses.
    """
    import nh3

    markup = nh3.clean(
        bounded_html(html),
        tags={*BREAKS, "a", "span", "img"},
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}, "img": {"alt"}},
        url_schemes={"http", "https"},
        url_relative=lambda address: absolute(address, base),
        link_rel=None,
    )
    return normalise_text(_Plain().read(markup))


def absolute(address: str, base: str) -> str | None:
    """Return the web address that ``address`` means on the page at ``base``, None when it means none."""
    try:
        joined = urljoin(base, address.strip())
    except ValueError:
        return None
    return joined if _SCHEME.match(joined) else None


def with_alternatives(text: str, alternatives: Iterable[str]) -> str:
    """Return a reader's plain text and below it the alternative texts of what is attached to it, each in brackets."""
    shown = [_shown(normalise_text(alternative)) for alternative in alternatives]
    return "\n\n".join(filter(None, [text, *shown]))


def _shown(alternative: str) -> str:
    """What stands for an image: its alternative text in brackets, a sign or a ``:name:`` as it is."""
    alternative = _BLANKS.sub(" ", alternative).strip()[:_LONGEST_ALT]
    is_sign = len(alternative) <= _LONGEST_SIGN and not any(map(str.isalnum, alternative))
    if not alternative or is_sign or _SHORT_CODE.fullmatch(alternative):
        return alternative
    return f"[{alternative}]"


class _Plain:
    """Gathers the text of tidy markup, with the breaks that its tags ask for."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.line_ends = 0
        self.link: tuple[str, int] | None = None

    def read(self, markup: str) -> str:
        for token in _TOKEN.finditer(markup):
            if token["text"] is not None:
                self._add(_BLANKS.sub(" ", unescape(token["text"])))
            elif token["tag"] == "a":
                self._close_link()
                href = _HREF.search(token["attributes"])
                if href and not token["close"]:
                    self.link = (unescape(href.group(1)), len(self.pieces))
            elif token["tag"] == "img":
                alt = _ALT.search(token["attributes"])
                self._add(_shown(unescape(alt.group(1))) if alt else "")
            elif token["tag"] == "br":
                self.line_ends += 1
            elif token["tag"] in BREAKS:
                self.line_ends = max(self.line_ends, BREAKS[token["tag"]])
        self._close_link()
        return "".join(self.pieces).strip()

    def _add(self, text: str) -> None:
        if self.line_ends:
            text = text.lstrip(" ")
            if not text:
                return
            if self.pieces:
                self.pieces[-1] = self.pieces[-1].rstrip(" ")
                self.pieces.append("\n" * min(self.line_ends, 2))
            self.line_ends = 0
        self.pieces.append(text)

    def _close_link(self) -> None:
        if self.link is None:
            return
        address, first = self.link
        written = "".join(self.pieces[first:])
        shown = written.strip()
        self.link = None
        if shown.startswith(("@", "#", "＠", "＃")):
            return
        lead = written[: len(written) - len(written.lstrip())]
        if not shown or _abbreviates(shown, address):
            self.pieces[first:] = [lead, address]
        else:
            self.pieces.append(f" ({address})")


def _abbreviates(shown: str, address: str) -> bool:
    full = _SCHEME.sub("", address, count=1).rstrip("/")
    short = _SCHEME.sub("", shown, count=1).rstrip("/").removesuffix("…").removesuffix("...")
    return bool(short) and full.removeprefix("www.").startswith(short.removeprefix("www."))
