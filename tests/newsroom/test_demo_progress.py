"""What the demo says while one waits, on a terminal and in a file."""

import io
import time

from newsroom.demo.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_in_a_file_each_step_is_a_line_and_the_same_again_is_none():
    out = io.StringIO()
    progress = Progress(out, time.monotonic())
    for text in ("Making the tables …", "Making the tables …", "Writing the articles …"):
        progress.show(text)
    first, second = out.getvalue().splitlines()
    assert first.endswith("s  Making the tables …")
    assert second.endswith("s  Writing the articles …")


def test_on_a_terminal_each_step_is_written_over_the_one_before(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    out = Terminal()
    progress = Progress(out, time.monotonic())
    progress.show("Making the tables …")
    progress.show("Writing the articles of the newspaper, one after the other …")
    progress.say("Open.")
    assert out.getvalue().count("\n") == 1
    assert max(len(line.removeprefix("\x1b[K")) for line in out.getvalue().split("\r")) < 40
    assert out.getvalue().endswith("\r\x1b[KOpen.\n")


def test_the_seconds_count_from_the_beginning():
    assert Progress(io.StringIO(), time.monotonic() - 7).seconds() >= 7
