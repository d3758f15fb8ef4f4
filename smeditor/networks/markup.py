"""Foreign HTML made harmless for a parser before it is parsed: bounded in tags, depth and length, in linear time.

Parsers take quadratic time on what no honest page holds (a hundred thousand open elements, tags that never end). What
is read here afterwards has at most so many of each, is balanced, and has no scripts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import regex
from bs4 import BeautifulSoup

MAX_TAGS = 40_000
MAX_DEPTH = 150
MAX_SCRIPTS = 20
_TAG = regex.compile(
    r"""<(?P<close>/?)(?P<name>[a-z][a-z0-9-]{0,30}+)(?P<rest>(?:[^<>"']|"[^"<>]{0,4000}+"|'[^'<>]{0,4000}+'){0,300}+)>""",
    regex.IGNORECASE,
)
_SELF_CLOSING = regex.compile(r"(?<![^\s\"'/])/+$")
"""The slash of ``<br />``; one at the end of a value without quotation marks belongs to the value."""
_STARTED = regex.compile(r"<(?:html|body)[\s>]", regex.IGNORECASE)
_ENDED = regex.compile(r"</(?:html|body)\s*>", regex.IGNORECASE)
START, END = 20_000, 5_000
"""Characters in which a page's first and last tags are looked for."""
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905
RAW = frozenset(("script", "style", "textarea", "template", "noscript", "iframe", "svg", "math"))


@dataclass
class BoundedMarkup:
    """A document bounded and balanced.

    ``data`` are the texts of its JSON-LD scripts; ``cut`` says that its end was left out, ``closed`` that the server
    sent its end.
    """

    html: str
    data: list[str] = field(default_factory=list)
    cut: bool = False
    closed: bool = True

    def soup(self) -> BeautifulSoup:
        """Parse ``html``; each call builds a tree of its own, which the caller may change."""
        return BeautifulSoup(self.html, "html.parser")


def bound_markup(html: str) -> BoundedMarkup:
    """Return ``html`` bounded and balanced. Raises nothing."""
    out: list[str] = []
    stack: list[str] = []
    dropped: Counter[str] = Counter()
    result = BoundedMarkup(
        "", closed=_ENDED.search(html, max(len(html) - END, 0)) is not None or not _STARTED.search(html[:START])
    )
    at = tags = 0
    while (opening := html.find("<", at)) >= 0:
        out.append(html[at:opening])
        if tags >= MAX_TAGS:
            result.cut = True
            break
        tags += 1
        if html.startswith("<!--", opening):
            end = html.find("-->", opening + 4)
            at = end + 3 if end >= 0 else len(html)
            continue
        match = _TAG.match(html, opening)
        if match is None:
            at = opening + 1
            continue
        at = match.end()
        name = match["name"].lower()
        if name in RAW and not match["close"]:
            at = _skip_raw(html, name, match, result)
        else:
            _balance(name, match, out, stack, dropped)
    else:
        out.append(html[at:])
    out += [f"</{name}>" for name in reversed(stack)]
    result.html = "".join(out)
    return result


def _balance(name: str, match: regex.Match[str], out: list[str], stack: list[str], dropped: Counter[str]) -> None:
    if match["close"]:
        if dropped[name]:
            dropped[name] -= 1
        elif name in stack:
            while (top := stack.pop()) != name:
                out.append(f"</{top}>")
            out.append(f"</{name}>")
    elif name in VOID:
        out.append(match.group())
    elif len(stack) < MAX_DEPTH:
        if name in {"a", "li", "p"} and stack and stack[-1] == name:
            out.append(f"</{stack.pop()}>")  # their end tags may be left out
        stack.append(name)
        out.append(f"<{name}{_SELF_CLOSING.sub('', match['rest'])}>")
    elif not match["rest"].endswith("/"):
        dropped[name] += 1  # its end must not close an outer element of the same name


def _skip_raw(html: str, name: str, match: regex.Match[str], result: BoundedMarkup) -> int:
    """Return where the content of a raw element ends; keep it when it is JSON-LD."""
    end = html.find(f"</{name}", match.end())
    if end < 0:
        # No end: nothing behind can be one either, so the search is not repeated for each of many.
        return len(html)
    if name == "script" and "ld+json" in match["rest"] and len(result.data) < MAX_SCRIPTS:
        result.data.append(html[match.end() : end])
    return end
