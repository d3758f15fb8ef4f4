"""``manage.py smeditor_queue``: what is due, being sent, in doubt, late or held, and who looked at it last."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from smeditor.publishing import queue


class Command(BaseCommand):
    """Tell how the queue of deliveries stands, for a person or for a monitoring program."""

    help = "Show the state of the delivery queue. Exits with 1 when nobody has looked at it for a minute."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the answer and how many deliveries it lists."""
        parser.add_argument("--json", action="store_true", help="One JSON object, for a program.")
        parser.add_argument("--limit", type=int, default=50, help="Deliveries listed at most.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the state; exit with 1 when no worker has looked at the queue for a minute."""
        now = timezone.now()
        state = {**queue.state_of_queue(now), "deliveries": queue.rows(now, options["limit"])}
        if options["json"]:
            self.stdout.write(json.dumps(state, ensure_ascii=False))
        else:
            self._write(state)
        if state["stale"]:
            raise SystemExit(1)

    def _write(self, state: dict[str, Any]) -> None:
        seconds = state["looked_at_seconds_ago"]
        checked = "never" if seconds is None else f"{seconds:g} s ago"
        self.stdout.write(f"queue last looked at: {checked}{'  (nobody is working)' if state['stale'] else ''}")
        self.stdout.write(f"due: {state['due']}, the oldest {state['late_by_seconds']} s after its slot")
        self.stdout.write("  ".join(f"{name}: {count}" for name, count in state["states"].items()))
        self.stdout.write(
            f"held: {state['held']} by {state['holds']} holds  failed accounts: {state['accounts_failed']}  "
            f"articles waiting: {state['articles_waiting']}"
        )
        for row in state["deliveries"]:
            self.stdout.write(
                f"#{row['delivery']:<7} {row['state']:<10} {row['slot']:<32} {row['account']}  {row['reason']}"
            )
