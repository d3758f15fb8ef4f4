"""``manage.py smeditor_visits``: take in how many visits came by each link token, as the host's web analytics counted them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from smeditor.listening.visits import TOKEN_PARAMETER, note_visits


class Command(BaseCommand):
    """Reads lines ``token,visits`` or JSON objects ``{"token": …, "visits": …}``, one a line."""

    help = (
        f"Take in visits by link token ({TOKEN_PARAMETER}=… in an article's address), from a file or standard input: lines"
        ' "token,visits", or {"token": "…", "visits": 3}. Visits are sums since the post was sent.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file; ``-`` for standard input."""
        parser.add_argument("file", nargs="?", default="-")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read all lines, store the sums, and say how many tokens were known. Raises CommandError with the line's number."""
        if options["file"] == "-":
            totals = dict(_pairs(self.stdin_lines()))
        else:
            try:
                with open(options["file"], encoding="utf-8") as lines:
                    totals = dict(_pairs(lines))
            except OSError as error:
                raise CommandError(f"{options['file']} cannot be read: {error.strerror}") from error
        known = note_visits(totals)
        self.stdout.write(f"{known} of {len(totals)} tokens are of posts that were sent from here.")

    def stdin_lines(self) -> Iterable[str]:
        """The lines of standard input."""
        import sys

        return sys.stdin


def _pairs(lines: Iterable[str]) -> Iterator[tuple[str, int]]:
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.lower() == "token,visits":
            continue
        try:
            yield _pair(text)
        except (ValueError, KeyError, TypeError) as error:
            raise CommandError(f"Line {number} is neither token,visits nor JSON with both.") from error


def _pair(text: str) -> tuple[str, int]:
    if text.startswith("{"):
        data = json.loads(text)
        return str(data["token"]), int(data["visits"])
    token, visits = text.split(",")
    return token.strip(), int(visits)
