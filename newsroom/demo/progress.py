"""What the demo says while one waits: a line that tells what is going on, and lines that stay."""

from __future__ import annotations

import shutil
import time
from typing import TextIO


class Progress:
    """Lines on ``stream``, with the seconds since ``began`` (of ``time.monotonic``).

    On a terminal the line of :meth:`show` is written over by the next; in a file each is a line of its own.
    """

    def __init__(self, stream: TextIO, began: float) -> None:
        self.stream, self.began = stream, began
        self.shown = ""

    def seconds(self) -> float:
        """How long the demo has been at work, to a hundredth."""
        return round(time.monotonic() - self.began, 2)

    def show(self, text: str) -> None:
        """Tell what is going on now. The same again in a file is said once."""
        line = f"  {self.seconds():6.1f} s  {text}"
        if self.stream.isatty():
            self.stream.write(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}")
        elif text != self.shown:
            self.stream.write(f"{line}\n")
        self.shown = text
        self.stream.flush()

    def say(self, text: str) -> None:
        """Write lines that stay, at once, so that whoever waits sees them."""
        if self.stream.isatty() and self.shown:
            self.stream.write("\r\x1b[K")
        self.shown = ""
        self.stream.write(f"{text}\n")
        self.stream.flush()
