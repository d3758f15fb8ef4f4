"""No pattern that reads outside text has one endless repetition inside another: there is nothing to go back and forth in."""

from __future__ import annotations

import importlib
import pkgutil
import re
from re import _constants, _parser

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


@pytest.mark.parametrize("pattern", list(patterns()))
def test_a_pattern_repeats_nothing_endless_endlessly(pattern):
    """L10; the patterns of the ``regex`` module, whose syntax is wider, are possessive or run on a hostile text."""
    if isinstance(pattern, re.Pattern):
        source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
        assert not nested(_parser.parse(source, pattern.labels))
        return
    for motif in ("a", "a.", "@a", "<a ", '<a b="', "(a", " ", "-", "\u0301", "\U0001f1e6"):
        pattern.search(motif * 20_000 + "\n!", timeout=20)


@pytest.mark.parametrize(
    ("source", "is_nested"), [(r"(a+)+b", True), (r"(?:\S+@)*x", True), (r"a+b+", False), (r"(?:a{1,9})+", False)]
)
def test_the_check_sees_what_it_should(source, is_nested):
    assert nested(_parser.parse(source)) is is_nested
