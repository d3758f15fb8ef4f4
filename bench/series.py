"""Series of counts to try detectors on: simulated ones with fixed seeds, and real ones from public timestamps.

Simulated: 15-minute buckets, a day with a trough at night and two crests, a weaker weekend, overdispersed Poisson
counts (a gamma-distributed rate), and bursts that climb to x2, x4 or x8 within an hour, hold for two and fade.
"""

import json
import math
import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

BUCKET = timedelta(minutes=15)
DAY = 96
WEEK = 7 * DAY
TRAIN_WEEKS = 4
FACTORS = (2, 4, 8)
BURST = 16
START = datetime(2026, 1, 5, tzinfo=UTC)
NOISE_SHAPE = 12.0
"""Shape of the gamma-distributed rate: its relative variance is 1 / 12."""
CAP = 4
"""Comments an hour that an article keeps in a calm series; the usual article of the set has fewer."""
RUSH = 10
"""Comments on one article within an hour that are a rush: the whole paper usually has five."""


@dataclass
class Series:
    """Counts in equal buckets, and where each injected burst starts with its factor."""

    counts: list[int]
    bursts: list[tuple[int, int]]
    name: str = ""

    def rows(self) -> list[tuple[datetime, int]]:
        return [(START + BUCKET * i, n) for i, n in enumerate(self.counts)]


def baseline(i: int) -> float:
    hour = (i % DAY) / 4
    day = 0.25 + 1.1 * math.exp(-(((hour - 12.5) / 3.5) ** 2)) + 1.2 * math.exp(-(((hour - 20) / 2.5) ** 2))
    return day * (0.7 if (i // DAY) % 7 >= 5 else 1.0) / 0.86


def poisson(rate: float, rng: random.Random) -> int:
    if rate > 60:
        return max(0, round(rng.gauss(rate, math.sqrt(rate))))
    limit, product, n = math.exp(-rate), rng.random(), 0
    while product > limit:
        product *= rng.random()
        n += 1
    return n


def rise(step: int, factor: int) -> float:
    """Return the factor of a burst ``step`` buckets after its start: up within an hour, two hours held, then fading."""
    if step < 4:
        return 1 + (factor - 1) * (step + 1) / 4
    return float(factor) if step < 12 else 1 + (factor - 1) * (BURST - step) / 4


def add_bursts(counts: list[int], base: list[float], rng: random.Random, first: int) -> list[tuple[int, int]]:
    """Add one burst every other day, by daylight, to the counts in place; return their starts and factors."""
    bursts = []
    for number, day in enumerate(range(first // DAY + 1, len(counts) // DAY - 1, 2)):
        start, factor = day * DAY + rng.randrange(28, 84), FACTORS[number % len(FACTORS)]
        for step in range(BURST):
            extra = base[start + step] * (rise(step, factor) - 1)
            counts[start + step] += poisson(max(extra, 0.0), rng)
        bursts.append((start, factor))
    return bursts


def simulated(level: float, seed: int, *, weeks: int = 10, bursts: bool = True) -> Series:
    """Return a series with ``level`` counts a bucket on average; the first TRAIN_WEEKS hold no burst."""
    rng = random.Random(seed)
    base = [level * baseline(i) for i in range(weeks * WEEK)]
    counts = [poisson(rate * rng.gammavariate(NOISE_SHAPE, 1 / NOISE_SHAPE), rng) for rate in base]
    found = add_bursts(counts, base, random.Random(seed + 10_000), TRAIN_WEEKS * WEEK) if bursts else []
    return Series(counts, found, f"{level:g} a bucket")


@dataclass(frozen=True)
class Comment:
    """One comment of One Million Posts: when, and under which article."""

    at: datetime
    article: str


def comments(path: Path) -> list[Comment]:
    """Return every comment of the published set once, oldest first."""
    rows = [json.loads(line) for line in path.open(encoding="utf-8") if line.strip()]
    once = {row["id"]: Comment(datetime.fromisoformat(row["at"]).replace(tzinfo=UTC), row["article"]) for row in rows}
    return sorted(once.values(), key=lambda comment: (comment.at, comment.article))


def capped(found: list[Comment], most: int = CAP) -> list[Comment]:
    """Return the comments without those that came when their article had had ``most`` in the hour before.

    What is left is a newspaper's ordinary day by a rule that no detector had a say in: no article burns.
    """
    kept, recent = [], dict[str, list[datetime]]()
    for comment in found:
        hour = [at for at in recent.get(comment.article, ()) if comment.at - at < timedelta(hours=1)]
        if len(hour) < most:
            kept.append(comment)
            hour.append(comment.at)
        recent[comment.article] = hour
    return kept


def place(comment: Comment, first: datetime) -> int:
    """Return the bucket of a comment in the ten weeks onto which the years are folded."""
    monday = (first - timedelta(days=first.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((comment.at - monday) / BUCKET) % (10 * WEEK)


def real(path: Path, seed: int, *, bursts: bool, calm: bool = False) -> Series:
    """Return counts from the timestamps of One Million Posts: every comment, folded onto ten weeks.

    The published set is thin (some nine thousand comments over two years), so the years are laid over one another week
    by week: the hours of the day and the days of the week stay as the readers kept them. With ``calm`` no article gets
    more than ``CAP`` comments an hour; otherwise the readers' own rushes to an article stay in.
    """
    every = comments(path)
    kept = capped(every) if calm else every
    tally = Counter(place(comment, every[0].at) for comment in kept)
    counts = [tally.get(i, 0) for i in range(10 * WEEK)]
    base = [float(sum(counts[(i + d) % len(counts)] for d in range(-8, 9)) / 17) for i in range(len(counts))]
    rng = random.Random(seed)
    found = add_bursts(counts, [max(b, 0.3) for b in base], rng, TRAIN_WEEKS * WEEK) if bursts else []
    return Series(counts, found, "One Million Posts")


def rushed(path: Path) -> set[int]:
    """Return the buckets in which a rush to one article is on, by a rule that no detector had a say in.

    In the hour that ends with the bucket, one article has ``RUSH`` comments or more on one day, and more than all other
    articles together.
    """
    every = comments(path)
    by_bucket: dict[int, Counter[tuple[str, int]]] = {}
    for comment in every:
        by_bucket.setdefault(place(comment, every[0].at), Counter())[comment.article, comment.at.toordinal()] += 1
    found = set()
    for bucket in range(10 * WEEK):
        hour: Counter[tuple[str, int]] = Counter()
        for step in range(4):
            hour.update(by_bucket.get(bucket - step, {}))
        most = max(hour.values(), default=0)
        if most >= RUSH and 2 * most > sum(hour.values()):
            found.add(bucket)
    return found
