"""``python -m bench.insight [--quick]``: every figure of insight in one table, and as JSON in the last line."""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from bench import alerts, grouping, insight_triage, newsrooms, scale
from bench.same_concern import report as same_concern
from smeditor.insight.clustering.grouping import Grouper
from smeditor.insight.clustering.tokens import terms


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


def report(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def sections(*, quick: bool, fuzzed: int) -> dict[str, tuple[Callable[[], Any], Callable[[Any], list[str]]]]:
    """Return what can be measured, by name: how, and what of the bounds a result misses."""

    def nothing(_metrics: Any) -> list[str]:
        return []

    return {
        "triage": (lambda: insight_triage.run(quick=quick, fuzzed=fuzzed), insight_triage.missed),
        "alerts": (lambda: alerts.run(quick=quick), alerts.missed),
        "same concern": (lambda: same_concern.run(quick=quick), same_concern.missed),
        "small newsrooms": (lambda: newsrooms.run(quick=quick), nothing),
        "command agrees with the import": (
            grouping.command_agrees,
            lambda agrees: [] if agrees else ["the command and the import group differently"],
        ),
        "speed": (lambda: grouping.speed(quick=quick), nothing if quick else grouping.missed_speed),
        "grouping": (lambda: grouping.quality(quick=quick, say=report), grouping.missed_quality),
        "scale": (lambda: scale.scale(quick=quick), nothing if quick else scale.missed),
        "fuzz": (
            lambda: fuzz(fuzzed),
            lambda metrics: [] if metrics["second half / first half, time"] < 1.5 else ["fuzz: grouping slows down"],
        ),
    }


def run(*, quick: bool, fuzzed: int, only: Sequence[str] = ()) -> tuple[dict[str, Any], list[str]]:
    """Return the figures of every section, or of those named, and in words what failed or missed its bound.

    A section that raises is named and the rest goes on. Each is told as JSON on standard error as it ends.
    """
    metrics: dict[str, Any] = {}
    wrong: list[str] = []
    for name, (measure, missed) in sections(quick=quick, fuzzed=fuzzed).items():
        if only and name not in only:
            continue
        started = time.monotonic()
        try:
            metrics[name] = measure()
            wrong += missed(metrics[name])
        except Exception as error:
            traceback.print_exc()
            wrong.append(f"{name} failed: {type(error).__name__}: {error}")
        report(json.dumps({name: metrics.get(name), "seconds": round(time.monotonic() - started)}, default=str))
    return metrics, wrong


def show(metrics: dict[str, Any], indent: str = "") -> None:
    """Print nested figures as an indented table; rows of one kind share their columns."""
    for name, value in metrics.items():
        if not isinstance(value, dict):
            print(f"{indent}{name:<44} {value}")
        elif value and not any(isinstance(v, dict) for v in value.values()):
            cells = "  ".join(f"{k} {v}" for k, v in value.items())
            print(f"{indent}{name:<44} {cells}")
        else:
            print(f"{indent}{name}")
            show(value, indent + "  ")


def main() -> int:
    """Print the table, what was missed and the JSON line; return 1 if anything was."""
    names = list(sections(quick=True, fuzzed=0))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small samples, for continuous integration")
    parser.add_argument("--fuzz", type=int, metavar="N", help="texts generated for each fuzz")
    parser.add_argument("--only", action="append", default=[], metavar="SECTION", choices=names, help=", ".join(names))
    options = parser.parse_args()
    fuzzed = options.fuzz if options.fuzz is not None else (2_000 if options.quick else 1_000_000)
    metrics, wrong = run(quick=options.quick, fuzzed=fuzzed, only=options.only)
    show(metrics)
    print("\nMissed or failed:" if wrong else "\nNothing missed.")
    for missed in wrong:
        print(f"  {missed}")
    print(json.dumps({**metrics, "missed": wrong}, default=str))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
