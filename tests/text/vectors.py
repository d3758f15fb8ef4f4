"""Reading the public conformance vectors as parameters of tests."""

from typing import Any

import pytest
import yaml

from tests.shared import shared

SUITE = "vectors/twitter-text/conformance"


def cases(file: str, *sections: str) -> list[Any]:
    """Return one parameter ``(text, expected)`` for each case of these sections of a twitter-text conformance file."""
    tests = yaml.load(shared(f"{SUITE}/{file}.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["tests"]
    return [
        pytest.param(
            case["text"], case["expected"], id=f"{section}-{number}-{case['description'][:60]}".replace("\x00", "")
        )
        for section in sections
        for number, case in enumerate(tests[section])
    ]


def all_of(file: str, section: str) -> list[tuple[str, Any]]:
    """Return ``(text, expected)`` of every case of one section, for a test that names all those that are wrong."""
    return [tuple(case.values) for case in cases(file, section)]


def code_points(listed: str) -> str:
    """Return the text that hexadecimal code points, parted by spaces, stand for."""
    return "".join(chr(int(point, 16)) for point in listed.split())


def grapheme_cases() -> list[Any]:
    """Return one parameter, the list of clusters, for each case of GraphemeBreakTest.txt."""
    lines = shared("vectors/unicode/GraphemeBreakTest.txt").read_text(encoding="utf-8").splitlines()
    marked = [line.split("#")[0].strip() for line in lines]
    return [
        pytest.param([code_points(cluster.replace("×", " ")) for cluster in line.strip("÷ ").split("÷")], id=line)
        for line in marked
        if line
    ]


def emoji_cases() -> list[Any]:
    """Return one parameter, a list of fully qualified emoji, for each subgroup of emoji-test.txt."""
    subgroups: dict[str, list[str]] = {}
    name = ""
    for line in shared("vectors/unicode/emoji-test.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# subgroup: "):
            name = line.removeprefix("# subgroup: ")
        elif "; fully-qualified" in line:
            subgroups.setdefault(name, []).append(code_points(line.split(";")[0]))
    return [pytest.param(emoji, id=name) for name, emoji in subgroups.items()]
