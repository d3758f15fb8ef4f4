"""Triage a file of texts: JSON Lines in, JSON Lines out, a line at a time, without the database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext_lazy as _

from smeditor.insight.triage import triage

STEP = 10_000
"""Lines between two signs of progress on the error output."""


class Command(BaseCommand):
    help = _(
        "Triage a file of texts. Reads JSON Lines {id, text, lang?} from FILE (- for standard input) and writes "
        "{id, lang, flags, scores, because}; a line that can't be read is answered with {id, error}."
    )
    requires_system_checks: list[str] = []  # it must run where no database is configured

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help=_("JSON Lines to read, - for standard input"))
        parser.add_argument("--out", metavar="FILE", default="-", help=_("where to write, - for standard output"))
        parser.add_argument("--quiet", action="store_true", help=_("show no progress"))

    def handle(self, *args: Any, **options: Any) -> None:
        with ExitStack() as stack:
            lines = _opened(stack, options["file"], "rb", sys.stdin.buffer)
            out = _opened(stack, options["out"], "wb", sys.stdout.buffer)
            count = bad = 0
            for count, answer in enumerate(answers(lines), start=1):
                bad += "error" in answer
                out.write(json.dumps(answer, separators=(",", ":")).encode() + b"\n")
                if count % STEP == 0 and not options["quiet"]:
                    self.stderr.write(f"{count:,}")
            out.flush()
        if not options["quiet"]:
            self.stderr.write(f"{count:,} / {bad:,} {_('could not be read')}")


def _opened(stack: ExitStack, name: str, mode: str, standard: IO[bytes]) -> IO[bytes]:
    if name == "-":
        return standard
    try:
        return stack.enter_context(open(name, mode))
    except OSError as error:
        raise CommandError(_("Can't open %(name)s: %(reason)s") % {"name": name, "reason": error.strerror}) from error


def answers(lines: Iterator[bytes] | IO[bytes]) -> Iterator[dict[str, Any]]:
    """Yield one answer for each line, in order; blank lines included, so that line n answers line n."""
    for number, line in enumerate(lines, start=1):
        row: Any = None
        try:
            row = json.loads(line.decode("utf-8", "surrogateescape"))
            text, lang = _fields(row)
        except (ValueError, TypeError, RecursionError) as error:
            yield {"id": row.get("id") if isinstance(row, dict) else None, "error": f"line {number}: {error}"}
            continue
        result = triage(text, lang)
        yield {
            "id": row.get("id"),
            "lang": result.lang,
            "flags": list(result.flags),
            "scores": result.scores,
            "because": result.because,
        }


def _fields(row: Any) -> tuple[str, str | None]:
    """Return text and language of a row. Raises TypeError, saying what is wrong with it."""
    if not isinstance(row, dict):
        raise TypeError("not an object")
    text, lang = row.get("text"), row.get("lang")
    if not isinstance(text, str):
        raise TypeError("text is not a string")
    if lang is not None and not isinstance(lang, str):
        raise TypeError("lang is not a string")
    return text, lang
