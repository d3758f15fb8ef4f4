"""`python -m bench.insight [--quick]`: every figure of insight in one table, and as JSON in the last line."""

import argparse
import importlib
import importlib.util
import json
import sys
import time
from typing import Any

from bench import alerts, grouping
from smeditor.insight.grouping import Grouper
from smeditor.insight.tokens import terms


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


def run(*, quick: bool) -> dict[str, Any]:
    """Return every figure; triage's where its own benchmark is installed."""

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    figures: dict[str, Any] = {"alerts": alerts.run(quick=quick)}
    say("alerts done")
    figures["speed"] = grouping.speed(quick=quick)
    say("speed done")
    figures["scale"] = grouping.scale(quick=quick)
    say("scale done")
    figures["grouping"] = grouping.quality(quick=quick, say=say)
    figures["command agrees with the import"] = grouping.command_agrees()
    figures["fuzz"] = fuzz(5_000 if quick else 1_000_000)
    if importlib.util.find_spec("bench.insight_triage") is not None:
        figures["triage"] = importlib.import_module("bench.insight_triage").run()
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
    figures = run(quick=parser.parse_args().quick)
    show(figures)
    print(json.dumps(figures, default=str))


if __name__ == "__main__":
    main()
