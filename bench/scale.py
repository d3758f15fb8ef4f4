"""Whether grouping keeps its speed and its quality: a long stream beside short ones that begin anew, in the same minutes.

The machine's speed may vary by a third within minutes. So both are fed in turn, a thousand texts each, and a slow minute
slows both. The end of the long stream is as long as a short one and is scored beside it: what a full memory forgets shows
there. ``python -m bench.scale words 1000000 100000`` measures one mode and prints its figures as JSON.
"""

import json
import random
import resource
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bench.sets import scorer
from smeditor.insight.clustering.batches import BatchGrouper
from smeditor.insight.clustering.word_grouper import WordGrouper

CHUNK = 1_000
SIZES = {"words": (1_000_000, 100_000), "default": (300_000, 100_000)}


def invented(n: int, seed: int = 7) -> Iterator[tuple[int, str]]:
    """Yield n short texts about four thousand things, and which, in the words of a Zipf-like vocabulary of 50,000."""
    rng = random.Random(seed)
    vocabulary = [f"{a}{b}{c}" for a in "bcdfglmnprst" for b in ("ar", "en", "il", "on", "us") for c in range(834)]
    topics = [[vocabulary[int(len(vocabulary) * rng.random() ** 2)] for _ in range(8)] for _ in range(4_000)]
    for _ in range(n):
        number = int(4_000 * rng.random() ** 2)
        topic = topics[number]
        yield (
            number,
            " ".join(rng.sample(topic, 5) + [vocabulary[int(len(vocabulary) * rng.random() ** 3)] for _ in range(4)]),
        )


class Stream:
    """``n`` invented texts grouped from the beginning on. ``seconds``: processor time spent on the ``done`` so far."""

    def __init__(self, mode: str, n: int) -> None:
        self.n, self.done, self.seconds = n, 0, 0.0
        self._texts = invented(n)
        self._grouper: WordGrouper | BatchGrouper = WordGrouper() if mode == "words" else BatchGrouper(0.3)
        self._topics, self._answers = array("i"), array("q")

    def feed(self) -> None:
        """Group the next thousand texts, and what waits for the end of the stream when it has come."""
        chunk = list(islice(self._texts, CHUNK))
        started = time.process_time()
        answers = [self._grouper.add(text, "en") for _, text in chunk]
        self.done += len(chunk)
        if self.done == self.n and isinstance(self._grouper, BatchGrouper):
            self._answers = self._grouper.finish()
        self.seconds += time.process_time() - started
        self._topics.extend(topic for topic, _ in chunk)
        if isinstance(self._grouper, WordGrouper):
            self._answers.extend(answers)

    def end_scored(self, last: int) -> float:
        """Return the B-cubed F1 of the ``last`` texts against what they are about."""
        return float(scorer().b_cubed(self._topics[-last:], self._answers[-last:])[2])


def beside(mode: str, large: int, small: int) -> dict[str, float]:
    """Group a long stream and, in turn with it, short ones.

    Return the rate of each, their ratio, the B-cubed F1 of a short stream and of the long one's end, and the peak in MB.
    """
    long, short, shorts = Stream(mode, large), Stream(mode, small), []
    first = short
    while long.done < large:
        long.feed()
        short.feed()
        if short.done == small:
            shorts.append(short.seconds)
            short = Stream(mode, small)
    anew, later = small * len(shorts) / sum(shorts), large / long.seconds
    return {
        f"{small}": round(anew),
        f"{large}": round(later),
        "ratio": round(later / anew, 3),
        "b3_f1": round(first.end_scored(small), 3),
        "b3_f1_at_the_end": round(long.end_scored(small), 3),
        "peak_mb": peak_mb(),
    }


def peak_mb() -> int:
    """Return this process's peak memory. The kernel's other figure, the fallback, is inherited from who started it."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return round(int(line.split()[1]) / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def scale(*, quick: bool) -> dict[str, dict[str, float]]:
    """Return the figures of each mode, measured in a process of its own."""
    metrics = {}
    for mode, (large, small) in ({"words": (10_000, 2_000)} if quick else SIZES).items():
        call = [sys.executable, "-m", "bench.scale", mode, str(large), str(small)]
        done = subprocess.run(call, capture_output=True, text=True, check=True)
        metrics[mode] = json.loads(done.stdout.splitlines()[-1])
    return metrics


def missed(metrics: dict[str, Any]) -> list[str]:
    """Return in words what grows too much with the number of texts."""
    found = []
    for mode, row in metrics.items():
        if row["ratio"] < 0.9:
            found.append(f"scale: {mode} keeps {row['ratio']} of its rate, wanted 0.9")
        if row["b3_f1_at_the_end"] < 0.9 * row["b3_f1"]:
            found.append(f"scale: {mode} has B-cubed F1 {row['b3_f1_at_the_end']} at the end, {row['b3_f1']} at first")
        if row["peak_mb"] > 1_000:
            found.append(f"scale: {mode} takes {row['peak_mb']} MB, wanted 1,000")
    return found


if __name__ == "__main__":
    print(json.dumps(beside(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
