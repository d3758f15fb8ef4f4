"""Start a double by hand: ``python -m tests.networks.doubles x --port 8100``."""

from __future__ import annotations

import argparse
import sys
import threading
from importlib import import_module

from tests.networks.doubles.base import Double, served


def double_of(slug: str) -> Double:
    """A fresh double of the network ``slug``: the class ``Server`` of ``tests.networks.doubles.<slug>``."""
    return import_module(f"tests.networks.doubles.{slug}").Server()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("network")
    asked.add_argument("--port", type=int, default=0)
    options = asked.parse_args()
    with served(double_of(options.network), options.port) as double:
        sys.stdout.write(f"{options.network}: {double.url}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
