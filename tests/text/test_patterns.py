"""No pattern that reads outside text has one endless repetition inside another, nor two in a row that take the same
characters: there is nothing to go back and forth in.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from re import _compiler, _constants, _parser

import pytest
import regex

import smeditor.networks
import smeditor.redaction
import smeditor.text

ENDLESS = 1000
"""A repetition that is bounded by less cannot make a long text slow."""
REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT}


def patterns():
    for package in (smeditor.text, smeditor.networks):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                if isinstance(value, re.Pattern | regex.Pattern):
                    yield pytest.param(value, id=f"{found.name}.{name}")
    for name, value in vars(smeditor.redaction).items():
        if isinstance(value, re.Pattern):
            yield pytest.param(value, id=f"smeditor.redaction.{name}")


def nested(tree, inside=False):
    """Whether ``tree`` has an endless repetition in another; a possessive one never goes back."""
    for code, argument in tree:
        repeats = code in REPEATS and argument[1] >= ENDLESS
        if repeats and inside:
            return True
        for part in argument if isinstance(argument, tuple | list) else [argument]:
            for inner in part if isinstance(part, list) else [part]:
                tries_again = isinstance(inner, _parser.SubPattern) and code is not _constants.ATOMIC_GROUP
                if tries_again and nested(inner, inside or repeats):
                    return True
    return False


POSSESSIVE = {_constants.POSSESSIVE_REPEAT}
SAMPLES = frozenset([*map(chr, range(0x250)), *"\u0301\u200d\u2028\u3000ж中क🦋\U0001f1e6"])
"""Characters by which it is known what two repetitions can both take."""
LEAVES = {
    _constants.LITERAL,
    _constants.NOT_LITERAL,
    _constants.IN,
    _constants.ANY,
    _constants.RANGE,
    _constants.CATEGORY,
}


def taken_by(state, nodes) -> frozenset[str]:
    """The samples that some leaf of ``nodes`` matches."""
    found: set[str] = set()
    for code, argument in nodes:
        if code in LEAVES:
            leaf = _compiler.compile(_parser.SubPattern(state, [(code, argument)]), state.flags & ~re.DEBUG)
            found |= {sample for sample in SAMPLES if leaf.fullmatch(sample)}
        for inner in inner_patterns(argument):
            found |= taken_by(state, inner)
    return frozenset(found)


def inner_patterns(argument):
    """The patterns inside one node's ``argument``."""
    for part in argument if isinstance(argument, tuple | list) else [argument]:
        yield from (inner for inner in (part if isinstance(part, list) else [part]) if is_pattern(inner))


def is_pattern(value) -> bool:
    return isinstance(value, _parser.SubPattern)


class Overlap(Exception):
    """Two endless repetitions in a row can both take the same characters."""


def behind(state, nodes, waiting: list[frozenset[str]]) -> list[frozenset[str]]:
    """What endless repetitions could still give back behind ``nodes``, where they could give ``waiting`` before them.

    Raises Overlap where another endless repetition could take what one of them gives back: a text that matches neither
    behind both costs the square of its length.
    """
    for code, argument in nodes:
        if code in REPEATS | POSSESSIVE:
            least, most, body = argument
            taken = taken_by(state, body)
            if most >= ENDLESS and any(given & taken for given in waiting):
                raise Overlap
            behind(state, body, [])
            kept = waiting if least == 0 else [given & taken for given in waiting if given & taken]
            gives_back = most >= ENDLESS and code not in POSSESSIVE
            waiting = [*kept, taken] if gives_back else kept
        elif code is _constants.SUBPATTERN:
            waiting = behind(state, argument[-1], waiting)
        elif code is _constants.BRANCH:
            waiting = [given for branch in argument[1] for given in behind(state, branch, waiting)]
        elif code is _constants.ATOMIC_GROUP:
            behind(state, argument, waiting)
            taken = taken_by(state, argument)
            waiting = [given & taken for given in waiting if given & taken]
        elif code in {_constants.ASSERT, _constants.ASSERT_NOT}:
            behind(state, argument[1], [])
        elif code in LEAVES:
            taken = taken_by(state, [(code, argument)])
            waiting = [given & taken for given in waiting if given & taken]
    return waiting


def overlaps(source: str, options: int = 0) -> bool:
    tree = _parser.parse(source, options)
    try:
        behind(tree.state, tree, [])
    except Overlap:
        return True
    return False


@pytest.mark.parametrize("pattern", list(patterns()))
def test_a_pattern_repeats_nothing_endless_endlessly(pattern):
    """L10; the patterns of the ``regex`` module, whose syntax is wider, are possessive or run on a hostile text."""
    if isinstance(pattern, re.Pattern):
        source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
        assert not nested(_parser.parse(source, pattern.flags))
        assert not overlaps(source, pattern.flags)
        return
    for motif in ("a", "a.", "@a", "<a ", '<a b="', "(a", " ", "-", "\u0301", "\U0001f1e6"):
        pattern.search(motif * 20_000 + "\n!", timeout=20)


@pytest.mark.parametrize(
    ("source", "is_nested"), [(r"(a+)+b", True), (r"(?:\S+@)*x", True), (r"a+b+", False), (r"(?:a{1,9})+", False)]
)
def test_the_check_sees_what_it_should(source, is_nested):
    assert nested(_parser.parse(source)) is is_nested


@pytest.mark.parametrize(
    ("source", "overlap"),
    [
        (r"\s*\s*x", True),
        (r"[a-z]+\w*!", True),
        (r"\w+\d\w+!", True),
        (r"\w+(?:-|[a-f]+)!", True),
        (r"(?:\s*|x)\s*y", True),
        (r"\w*\w++!", True),
        (r"\w++\w*!", False),
        (r"\w+-\w+", False),
        (r"\s+\S+", False),
        (r"\w+(?=\w+)", False),
        (r"\s{0,9}\s*x", False),
    ],
)
def test_the_check_sees_two_repetitions_in_a_row(source, overlap):
    assert overlaps(source) is overlap
