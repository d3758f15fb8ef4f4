"""A post's link as an editor types it into the text: with or without its slash, with a newsletter's parameters, in capitals.

By its token a reaction finds the post that it came from, so every way of writing the link carries it.
"""

import re
from collections.abc import Callable, Iterator

from smeditor.text.links import BadLink, same_article, with_token

_WRITTEN = re.compile(r"https?://[^\s<>\"“”«»]{1,4096}", re.IGNORECASE)
_AFTER_A_LINK = r"(?![\w/?=&%#-])"
_CLOSING = ".,;:!?…)]}’'*_"
"""What ends a sentence or closes a parenthesis around a link, and may as well end the link itself."""
_MOST_CLOSING = 5


def token_links(text: str, link: str, token: str) -> str:
    """Return ``text`` with ``token`` in every address that leads where ``link`` leads; all else stays as it was typed.

    Leading to the same place: equal but for scheme, ``www.``, case of the host, slash at the end, tracking and fragment
    (:func:`smeditor.text.same_article`). ``link`` itself is found literally, whatever it is made of; where it is no web
    address, nothing changes.
    """
    try:
        with_token(link, token)
    except BadLink:
        return text
    return _replaced(text, link, lambda address: with_token(address, token))


def swap_links(text: str, link: str, other: str) -> str:
    """Return ``text`` with ``other`` in place of every address that leads where ``link`` leads (:func:`token_links`)."""
    return _replaced(text, link, lambda _address: other)


def _replaced(text: str, link: str, replace: Callable[[str], str]) -> str:
    if not link:
        return text
    pieces: list[str] = []
    done = 0
    for literal in re.finditer(re.escape(link) + _AFTER_A_LINK, text):
        pieces += [_replaced_others(text[done : literal.start()], link, replace), replace(link)]
        done = literal.end()
    return "".join([*pieces, _replaced_others(text[done:], link, replace)])


def _replaced_others(text: str, link: str, replace: Callable[[str], str]) -> str:
    pieces: list[str] = []
    done = 0
    for match in _WRITTEN.finditer(text):
        leading = [address for address in _readings(match.group()) if same_article(address, link)]
        if leading:
            address = leading[-1]
            pieces += [text[done : match.start()], replace(address)]
            done = match.start() + len(address)
    return "".join([*pieces, text[done:]])


def _readings(written: str) -> Iterator[str]:
    """``written`` as it stands, then without each of the signs at its end that may belong to the sentence."""
    for _sign in range(_MOST_CLOSING):
        yield written
        if not written.endswith(tuple(_CLOSING)):
            return
        written = written[:-1]
    yield written
