"""JSON Lines in and out of the insight commands: one answer for each line, bad ones included."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

MAX_LINE = 4_000_000
"""Characters of a line that are parsed; a longer one is answered with an error."""


@contextmanager
def opened(path: str, mode: str) -> Iterator[IO[str]]:
    """Open a file as UTF-8 that survives any bytes; "-" is standard input or output, left open."""
    if path == "-":
        stream = sys.stdin if "r" in mode else sys.stdout
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="surrogateescape" if "r" in mode else "backslashreplace")
        yield stream
        return
    with Path(path).open(
        mode, encoding="utf-8", errors="surrogateescape" if "r" in mode else "backslashreplace"
    ) as file:
        yield file


def read_rows(stream: IO[str], require: str) -> Iterator[tuple[int, dict[str, Any] | None, str]]:
    """Yield (line number, row, error) for each line that is not blank.

    The row is None, and the error a sentence, where the line is no JSON object or lacks a ``require`` of type string.
    """
    for number, line in enumerate(_lines(stream), 1):
        if not line.strip():
            continue
        if len(line) > MAX_LINE:
            yield number, None, _("The line is longer than %(most)d characters.") % {"most": MAX_LINE}
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, None, _("The line is not JSON: %(error)s") % {"error": str(error)[:120]}
            continue
        if not isinstance(row, dict):
            yield number, None, _("The line is not a JSON object.")
        elif require and not isinstance(row.get(require), str):
            yield number, row, _('"%(key)s" is missing or is not a string.') % {"key": require}
        else:
            yield number, row, ""


def _lines(stream: IO[str]) -> Iterator[str]:
    """Yield the lines of ``stream``, of a longer one than is parsed its beginning.

    So a file without an end of line fits into memory all the same.
    """
    while line := stream.readline(MAX_LINE + 1):
        rest = line
        while rest and not rest.endswith("\n") and len(rest) > MAX_LINE:
            rest = stream.readline(MAX_LINE + 1)
        yield line


def write_row(stream: IO[str], row: dict[str, Any]) -> None:
    """Write one object as one line of ASCII JSON, so that no terminal or surrogate can break it."""
    stream.write(json.dumps(row, separators=(", ", ": ")) + "\n")


class Progress:
    """Says every few seconds, on standard error, how many lines are done and how fast."""

    def __init__(self, say: Callable[[str], object], every: float = 2.0) -> None:
        self.say, self.every = say, every
        self.done = self.bad = 0
        self.started = self.last = time.monotonic()

    def step(self, *, bad: bool = False) -> None:
        """Count a line; speak where it is time to."""
        self.done += 1
        self.bad += bad
        if self.done % 1024 == 0 and time.monotonic() - self.last >= self.every:
            self.last = time.monotonic()
            self.say(f"{self.done} lines, {self.done / (self.last - self.started):.0f} a second")

    def finish(self) -> None:
        """Say the totals."""
        seconds = max(time.monotonic() - self.started, 1e-9)
        self.say(f"{self.done} lines done, {self.bad} of them bad, {seconds:.1f} s")
