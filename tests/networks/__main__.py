"""``make networks``: the tests of every network, and which operations of each were exercised.

Prints a row a network; the last line is JSON ``{"network": {"tests": n, "operations": n, "guarantee": "…"}, …}``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import django

FOLDER = "tests/networks"


def main() -> int:
    django.setup()
    from smeditor.networks.registry import network_classes

    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", FOLDER, "-q", "-n", "2", "-p", "tests.networks.operations"]
        result = subprocess.run([*command, f"--operations={folder}", *sys.argv[1:]], check=False)
        operations, outcomes, skipped = _merged(Path(folder))
    rows = {}
    for network in network_classes():
        passed, failed = outcomes[network.slug]["passed"], outcomes[network.slug]["failed"]
        rows[network.slug] = {
            "tests": passed,
            "operations": len(operations[network.label]),
            "guarantee": network.capabilities.guarantee.value,
        }
        sys.stdout.write(f"\n{network.label}: {passed} passed, {failed} failed, {len(skipped[network.slug])} skipped\n")
        sys.stdout.writelines(f"  {name} ({n})\n" for name, n in sorted(operations[network.label].items()))
        sys.stdout.writelines(f"  skipped: {line}\n" for line in sorted(skipped[network.slug]))
    sys.stdout.write(f"{json.dumps(rows)}\n")
    return result.returncode


def _merged(folder: Path) -> tuple[dict[str, Counter[str]], dict[str, Counter[str]], dict[str, set[str]]]:
    operations: dict[str, Counter[str]] = defaultdict(Counter)
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    skipped: dict[str, set[str]] = defaultdict(set)
    for path in folder.glob("*.json"):
        data = json.loads(path.read_text())
        for label, counted in data["operations"].items():
            operations[label].update(counted)
        for slug, lines in data["skipped"].items():
            skipped[slug].update(lines)
        for slug, counted in data["outcomes"].items():  # the process that hands out the tests counts all of them too
            outcomes[slug] |= Counter(counted)
    return operations, outcomes, skipped


if __name__ == "__main__":
    sys.exit(main())
