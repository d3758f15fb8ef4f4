"""Letting readers' words in: safe HTML, plain text from HTML, and text without tricks."""

import re
from html import unescape

import nh3
import regex

from .graphemes import boundaries, nfc

LONGEST_HTML = (
    50_000  # the parser takes quadratic time on nested blocks: a quarter of a second for this many characters
)
LONGEST_TEXT = 20_000

_CLASSES = {"a": {"mention", "hashtag", "u-url"}, "span": {"invisible", "ellipsis", "h-card"}}
_READER_TAGS = {"p", "br", "a", "span"}
_BREAKS = {"p": 2, "blockquote": 2, "pre": 2, "h1": 2, "h2": 2, "h3": 2, "h4": 2, "h5": 2, "h6": 2, "ul": 2, "ol": 2}
_BREAKS |= {"div": 1, "li": 1, "br": 1}
_TOKEN = re.compile(r"<(?P<close>/?)(?P<tag>[a-z0-9]+)(?P<attributes>(?:\s[^<>]*)?)>|(?P<text>[^<]+)")
_HREF = re.compile(r'\shref="([^"]*)"')
_SCHEME = re.compile(r"https?://", re.I)
_BLANKS = re.compile(r"[ \t\r\n\f]+")

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_NEVER = regex.compile(
    r"[\x00-\x08\x0E-\x1F\x7F-\x84\x86-\x9F\u00AD\u180E\u200B\u2060-\u206F\u202A-\u202E\uFEFF\uFFF9-\uFFFB]"
    r"|[\uFDD0-\uFDEF]|\p{Noncharacter_Code_Point}"
)
_REGIONAL_TAGS = regex.compile(r"(?<!\U0001F3F4[\U000E0020-\U000E007E]{0,6})[\U000E0000-\U000E007F]")
_JOINED = r"\p{Emoji}\uFE0F\p{M}[\p{L}--\p{Latin}--\p{Greek}--\p{Cyrillic}]"
_IDLE_JOINER = regex.compile(rf"(?<![{_JOINED}])[\u200C\u200D]|[\u200C\u200D](?![{_JOINED}])", regex.VERSION1)
_MOST_MARKS = 10  # on one letter; Vedic Sanskrit and pointed Hebrew stay well below, "Zalgo" text does not
_HEAP_OF_MARKS = regex.compile(rf"(\p{{M}}{{{_MOST_MARKS}}})\p{{M}}++")
_REPLACEMENT = "\ufffd"
_ROUNDS = 6  # of cleaning, at most; two do for all that was ever met


def sanitise(html: str) -> str:
    """Return readers' `html` with nothing left but `p`, `br`, `span` and links to http and https, all other tags unwrapped.

    Links get `rel="nofollow noopener noreferrer ugc"`; classes stay where Mastodon gives them a meaning. What lies beyond 50,000
    characters is cut off. The result is safe to show as it is.
    """
    return nh3.clean(
        _LONE_SURROGATE.sub(_REPLACEMENT, html[:LONGEST_HTML]),
        tags=_READER_TAGS,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        allowed_classes=_CLASSES,
        url_schemes={"http", "https"},
        link_rel="nofollow noopener noreferrer ugc",
    )


def to_plain(html: str) -> str:
    """Return readers' `html` as plain text, cleaned: paragraphs parted by an empty line, `br` by a line end.

    A link whose text is an abbreviation of its address, as Mastodon writes them, becomes the address; a mention or hashtag stays
    as written; any other link becomes its text with the address in parentheses.
    """
    markup = nh3.clean(
        _LONE_SURROGATE.sub(_REPLACEMENT, html[:LONGEST_HTML]),
        tags={*_BREAKS, "a", "span"},
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel=None,
    )
    return clean(_Plain().read(markup))


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
            elif token["tag"] == "br":
                self.line_ends += 1
            elif token["tag"] in _BREAKS:
                self.line_ends = max(self.line_ends, _BREAKS[token["tag"]])
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


def clean(text: str, limit: int = LONGEST_TEXT) -> str:
    """Return outside text in NFC without what deceives or breaks: the form to store and to show (escaped).

    Control characters, bidirectional overrides and isolates, invisible characters and heaps of marks go; joiners stay where an
    emoji or a script needs them; a lone surrogate becomes U+FFFD; every line end becomes one line feed. At most `limit` code
    points, never ending inside a grapheme. Cleaning twice changes nothing more.
    """
    text = _LINE_ENDS.sub("\n", _LONE_SURROGATE.sub(_REPLACEMENT, text[: limit * 4]))
    text = _REGIONAL_TAGS.sub("", _NEVER.sub("", text))
    # Composing can leave a joiner without the mark that it stood by, or make two marks of one; a joiner that goes can let
    # two characters compose.
    for _ in range(_ROUNDS):
        before, text = text, _HEAP_OF_MARKS.sub(r"\1", nfc(_IDLE_JOINER.sub("", nfc(text))))
        if text == before:
            break
    return _cut(text, limit)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    # A joiner at the end joins nothing any more.
    return text[: max(edge for edge in boundaries(text) if edge <= limit)].rstrip("\u200c\u200d")
