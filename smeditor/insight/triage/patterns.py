"""The small language in which an editor writes a pattern, and its expansion into plain sequences of words.

A pattern is words as a reader types them; case, accents, hyphens and commas do not matter. Beside words it
knows:

=================  ==========================================================================
``vérif*``         any word that begins so
``(une|deux pas)`` one of these
``[très]``         may be left out
``@erreur``        a word of the class ``erreur`` (its file's ``[classes]``, or words.toml)
``...``            up to four words of the same sentence
``~``              anything up to the end of the sentence
``^`` and ``$``    the beginning and the end of a sentence
``?`` ``!`` ``.``  the mark itself
``=où``            this word with exactly these accents
``<word>``         any one word
``<name>``         a word with a capital letter that is not there for the sentence's beginning
``<num>``          a number; also <time>, <url>, <email>, <mention>, <phone>, <astonished> ("?!")
=================  ==========================================================================
"""

from __future__ import annotations

import re
from itertools import product

GAPS = {"...": 4, "~": 40}
"""How many words a gap may span; it never reaches over the end of a sentence."""
START = "^"
END = "$"
LIMIT = 4000
"""More sequences than this from one pattern is a mistake of its author, not a rule."""

_PIECE = re.compile(r"\.\.\.|[()\[\]|~^$?!.]|=?[^\s()\[\]|~^$?!.,:;«»-]+")


class PatternError(ValueError):
    """A pattern can't be read; the message says which and why."""


def expand(pattern: str) -> list[tuple[str, ...]]:
    """Return the sequences of pieces that ``pattern`` stands for, without repeats, in a fixed order.

    Raises ``PatternError`` for brackets that do not match and for patterns that stand for more than ``LIMIT`` sequences.
    """
    pieces = _PIECE.findall(pattern)
    sequences, position = _alternatives(pieces, 0, pattern, closing="")
    if position != len(pieces):
        raise PatternError(f"a bracket closes that was not opened: {pattern!r}")
    return list(dict.fromkeys(sequence for sequence in sequences if sequence))


def _alternatives(pieces: list[str], at: int, pattern: str, closing: str) -> tuple[list[tuple[str, ...]], int]:
    """Read ``a b|c`` up to the ``closing`` bracket; return what it stands for and where reading stopped."""
    found: list[tuple[str, ...]] = []
    parts: list[list[tuple[str, ...]]] = []
    while at < len(pieces):
        piece = pieces[at]
        if piece == "|" or piece in ")]":
            if piece != "|":
                if piece != closing:
                    break
                return found + _joined(parts, pattern), at + 1
            found += _joined(parts, pattern)
            parts = []
            at += 1
        elif piece in "([":
            inner, at = _alternatives(pieces, at + 1, pattern, ")" if piece == "(" else "]")
            parts.append([*inner, ()] if piece == "[" else inner)
        else:
            parts.append([(piece,)])
            at += 1
    if closing:
        raise PatternError(f"a bracket is not closed: {pattern!r}")
    return found + _joined(parts, pattern), at


def _joined(parts: list[list[tuple[str, ...]]], pattern: str) -> list[tuple[str, ...]]:
    size = 1
    for part in parts:
        size *= len(part)
    if size > LIMIT:
        raise PatternError(f"stands for more than {LIMIT} sequences, use a class: {pattern!r}")
    return [tuple(piece for part in combination for piece in part) for combination in product(*parts)]
