"""``make bench-desk``: the desk in a small and in a large newsroom; tables, then one line of JSON.

A row a page, filter and search: queries and milliseconds in both newsrooms, their ratio, the slowest statement. A row a
tick. Wanted on PostgreSQL: the worst ratio at most 2 with the same number of queries, idle ratio at most 1.5, storing at
most 5 times a bare ``bulk_create`` and .9 of its rate in the large one, grouping ratio at most 1.3. ``bare_kept``: what the
bare one keeps of its own rate, for an index that is larger takes longer to write to.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from typing import Any

from bench.desk import databases, turns

Sizes = dict[str, dict[str, int]]
POSTGRES: Sizes = {
    "small": {"reactions": 10_000, "posts": 1_000, "concerns": 200},
    "large": {"reactions": 1_000_000, "posts": 100_000, "concerns": 20_000},
}
SQLITE: Sizes = {
    "small": {"reactions": 1_000, "posts": 1_000, "concerns": 20},
    "large": {"reactions": 100_000, "posts": 10_000, "concerns": 2_000},
}
FLOOR = 20.0
"""Milliseconds below which two pages are alike: what Python does for any page."""
NOTED, AGAIN = 1.5, 3
"""A ratio above which a page is measured again, and how often at most: a machine that does other things is slow at times."""


def main() -> None:
    """Fill both newsrooms, measure them, and print what grows."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--database", default=os.environ.get("DATABASE_URL", ""), help="a PostgreSQL server, or SQLite")
    asked.add_argument("--divide", type=int, default=1, help="both newsrooms smaller by this, to try the bench itself")
    asked.add_argument("--keep", action="store_true", help="keep what is filled, and measure it again next time")
    args = asked.parse_args()
    sizes = POSTGRES if args.database.startswith("postgres") else SQLITE
    with ExitStack() as filled:
        urls = [filled.enter_context(newsroom(args, name, size)) for name, size in sizes.items()]
        pages = show_pages(*measured_pages(urls))
        ticks = show_ticks(*(json.loads(run(url, "ticks")) for url in urls))
    print(json.dumps(pages | ticks))


def newsroom(args: argparse.Namespace, name: str, size: dict[str, int]) -> AbstractContextManager[str]:
    """The URL of a newsroom of that size, as long as it is measured."""
    arguments = [f"--{key}={max(10, count // args.divide)}" for key, count in size.items()]
    kept_as = databases.fingerprint(*arguments, f"{datetime.now(UTC):%F}") if args.keep else ""
    return databases.filled(args.database, name, lambda url: run(url, "fill", *arguments), kept_as=kept_as)


def measured_pages(urls: list[str]) -> list[dict[str, Any]]:
    """What the pages cost in both newsrooms, measured in turn. What seems to grow is measured again: least counts."""
    found = in_turn(urls)
    for _again in range(AGAIN):
        growing = [
            name for name in found[0].keys() & found[1].keys() if ratio(*(pages[name] for pages in found)) > NOTED
        ]
        if not growing:
            break
        for pages, anew in zip(found, in_turn(urls, *growing), strict=True):
            pages.update({name: min(cost, pages[name], key=lambda page: page["ms"]) for name, cost in anew.items()})
    return found


def in_turn(urls: list[str], *names: str) -> list[dict[str, Any]]:
    """What pages cost in both newsrooms; all where no ``names`` are given."""
    with ThreadPoolExecutor(len(urls)) as pool:
        return list(pool.map(lambda url, own: json.loads(run(url, "pages", *names, turn=own)), urls, turns.pipes()))


def ratio(small: dict[str, Any], large: dict[str, Any]) -> float:
    """How many times what a page costs in the small newsroom it costs in the large one."""
    return max(large["ms"], FLOOR) / max(small["ms"], FLOOR)


def run(url: str, module: str, *arguments: str, turn: tuple[int, ...] = ()) -> str:
    """Run a part of the bench on the database in a process of its own, which alone has ``turn``. Returns its last line."""
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "newsroom.settings.testing"}
    environment[turns.VARIABLE] = ":".join(map(str, turn))
    command = [sys.executable, "-m", f"bench.desk.{module}", *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, pass_fds=turn)
    for pipe in turn:
        os.close(pipe)
    output, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return output.strip().splitlines()[-1]


def show_pages(small: dict[str, Any], large: dict[str, Any]) -> dict[str, Any]:
    """Print a row a page; return how many there are and which grows most."""
    print(f"{'page':66}{'queries':>12}{'small ms':>10}{'large ms':>10}{'ratio':>7}  slowest statement in the large one")
    ratios: dict[str, float] = {}
    more_queries = []
    for name in sorted(small.keys() & large.keys()):
        a, b = small[name], large[name]
        ratios[name] = ratio(a, b)
        if b["queries"] > a["queries"]:
            more_queries.append(name)
        took, statement = b["slowest"]
        queries = f"{a['queries']}/{b['queries']}"
        print(f"{name:66}{queries:>12}{a['ms']:>10}{b['ms']:>10}{ratios[name]:>7.1f}  {took:.0f} ms {statement[:90]}")
    worst = max(ratios, key=lambda name: ratios[name])
    print(f"more queries in the large newsroom: {', '.join(more_queries) or 'none'}")
    return {"pages": len(ratios), "worst_ratio": round(ratios[worst], 2), "worst_page": worst,
            "more_queries": len(more_queries)}  # fmt: skip


def show_ticks(small: dict[str, Any], large: dict[str, Any]) -> dict[str, Any]:
    """Print a row a tick; return the idle cost, and what storing and grouping cost."""
    print(f"\n{'idle tick':30}{'small ms':>10}{'large ms':>10}")
    for name, took in small["idle"].items():
        print(f"{name:30}{took:>10}{large['idle'][name]:>10}")
    idle = {size: sum(found["idle"].values()) for size, found in (("small", small), ("large", large))}
    return {
        "idle_ms_per_tick": round(idle["large"] / len(large["idle"]), 2),
        "idle_ratio": round(idle["large"] / idle["small"], 2),
        "longest_tick_ms": max(large["idle"].values()),
        "store_ratio": round(large["bare_per_s"] / large["stored_per_s"], 2),
        "store_kept": round(large["stored_per_s"] / small["stored_per_s"], 2),
        "bare_kept": round(large["bare_per_s"] / small["bare_per_s"], 2),
        "grouping_ratio": round(large["grouped_ms"] / small["grouped_ms"], 2),
        "grouping_cold_s": large["cold_s"],
    }


if __name__ == "__main__":
    main()
