"""``python -m bench.desk.fill``: fill the empty database of ``DATABASE_URL`` with a newsroom of a given size.

What hangs together in a newsroom hangs together here: reactions follow the posts that they answer, threads share a
conversation, members of a concern share its words, keys are true fingerprints, tallies count what is there. Nothing is
random but by ``--seed``.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time

import django
from django.core.management import call_command
from django.utils import timezone


def main() -> None:
    """Migrate and fill; stop where reactions are already there."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--reactions", type=int, default=10_000)
    asked.add_argument("--posts", type=int, default=1_000)
    asked.add_argument("--concerns", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    args = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings.testing")
    django.setup()

    from django.contrib.auth import get_user_model

    from bench.desk import inbound, outbound, outcome, record, rows
    from bench.desk.newsroom import Newsroom
    from smeditor.models import Reaction

    began = time.perf_counter()
    call_command("migrate", verbosity=0)
    if Reaction.objects.exists():
        sys.exit("This database is not empty: nothing was done.")
    get_user_model().objects.create_superuser("bench", "bench@newsroom.example", "bench")
    newsroom = Newsroom(args.reactions, args.posts, args.concerns, timezone.now(), random.Random(args.seed))
    steps = (
        outbound.newspaper, outbound.accounts, outbound.posts, record.checks, record.versions, inbound.readers,
        inbound.reactions, inbound.conversations, inbound.texts, outcome.concerns, record.questions,
        outcome.corrections, outcome.tips, outcome.desk, record.shifts, record.mentions, record.spending, outcome.tallies,
    )  # fmt: skip
    with rows.unchecked():
        for step in steps:
            step(newsroom)
        outcome.search_index()
    rows.reset_sequences()
    rows.tidy()
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
