"""`python -m bench.insight [--quick]`: every figure of insight in one table, and as JSON in the last line."""

import argparse
import importlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from bench import alerts, grouping, newsrooms
from smeditor.insight.grouping import Grouper
from smeditor.insight.tokens import terms

FAILED = "failed"


def fuzz(n: int) -> dict[str, Any]:
    """Tokenise and group n generated texts of every kind of character; return the slowest thousand's ratio."""
    import random

    rng = random.Random(11)
    grouper = Grouper()
    spans = []
    for _ in range(max(n // 1000, 1)):
        texts = []
        for _ in range(1000):
            low, high = rng.choice(
                ((32, 126), (0, 0x2FF), (0x590, 0x6FF), (0x4E00, 0x9FFF), (0xD800, 0xDFFF), (0, 0x10FFFF))
            )
            texts.append(
                "".join(chr(rng.randint(low, high)) for _ in range(rng.randrange(24))) * rng.choice((1, 1, 1, 40))
            )
        started = time.process_time()
        for text in texts:
            terms(text, "fr")
            grouper.add(text[:200], rng.choice(("fr", "en", None)))
        spans.append(time.process_time() - started)
    half = len(spans) // 2 or 1
    return {"texts": n, "second half / first half, time": round(sum(spans[-half:]) / sum(spans[:half]), 2)}


def run(*, quick: bool, fuzzed: int, only: Sequence[str] = ()) -> dict[str, Any]:
    """Return the figures of every section, or of those named; each is told as JSON on standard error as it ends."""

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    sections: dict[str, Callable[[], Any]] = {
        "alerts": lambda: alerts.run(quick=quick),
        "speed": lambda: grouping.speed(quick=quick),
        "scale": lambda: grouping.scale(quick=quick),
        "small newsrooms": lambda: newsrooms.run(quick=quick),
        "grouping": lambda: grouping.quality(quick=quick, say=say),
        "command agrees with the import": grouping.command_agrees,
        "fuzz": lambda: fuzz(fuzzed),
        "triage": lambda: importlib.import_module("bench.insight_triage").run(),
    }
    figures: dict[str, Any] = {}
    for name, section in sections.items():
        if not only or name in only:
            try:
                figures[name] = section()
            except Exception as error:  # the other sections' figures are worth having all the same
                figures[name] = {FAILED: f"{type(error).__name__}: {error}"}
            say(json.dumps({name: figures[name]}, default=str))
    return figures


def show(figures: dict[str, Any], indent: str = "") -> None:
    """Print nested figures as an indented table; rows of one kind share their columns."""
    for name, value in figures.items():
        if not isinstance(value, dict):
            print(f"{indent}{name:<44} {value}")
        elif value and not any(isinstance(v, dict) for v in value.values()):
            cells = "  ".join(f"{k} {v}" for k, v in value.items())
            print(f"{indent}{name:<44} {cells}")
        else:
            print(f"{indent}{name}")
            show(value, indent + "  ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small samples, for continuous integration")
    parser.add_argument("--fuzz", type=int, metavar="N", help="texts generated for the fuzz (5,000 or 1,000,000)")
    parser.add_argument("--only", action="append", default=[], metavar="SECTION", help="alerts, speed, scale, ...")
    options = parser.parse_args()
    fuzzed = options.fuzz or (5_000 if options.quick else 1_000_000)
    figures = run(quick=options.quick, fuzzed=fuzzed, only=options.only)
    show(figures)
    print(json.dumps(figures, default=str))
    if any(FAILED in found for found in figures.values() if isinstance(found, dict)):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
