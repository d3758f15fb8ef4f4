"""From nothing to the newspaper's first page, in as little time as can be: the rest of the demo is filled in behind it.

Django is loaded once, and the web server is a copy of that process. Nothing of Django is imported before
:func:`newspaper` has set it up.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.management.base import CommandError

from newsroom.demo.processes import HOST, Processes
from newsroom.demo.progress import Progress

if TYPE_CHECKING:
    from newsroom.demo.load import DemoNewsroom


def newspaper(processes: Processes, progress: Progress, port: int, kept: Path) -> DemoNewsroom:
    """Open the newspaper on ``port``; returns it when its first page has been read. ``kept`` holds the empty databases.

    Raises CommandError when the web server dies or does not show the page.
    """
    progress.show("Loading the newsroom's code …")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from newsroom.demo import database, load

    progress.show("Making the tables of the database …")
    database.prepare(connection, kept)
    processes.manage("web", "runserver", "--noreload", "--insecure", f"{HOST}:{port}")
    progress.show("Writing the articles …")
    call_command("smeditor_setup", stdout=StringIO())
    newsroom = load.load()
    progress.show("Reading the first page …")
    _read(f"{settings.WAGTAILADMIN_BASE_URL}/", processes)
    return newsroom


def _read(url: str, processes: Processes, seconds: float = 60) -> None:
    """Return when ``url`` answers 200. Raises CommandError with the server's last words when it does not."""
    deadline = time.monotonic() + seconds
    while True:
        processes.check()
        try:
            with urllib.request.urlopen(url, timeout=seconds):  # noqa: S310 - our own server
                return
        except OSError as error:
            if isinstance(error, urllib.error.HTTPError) or time.monotonic() > deadline:
                raise CommandError(f"{url} does not answer: {error}.\n{processes.last_output('web')}") from error
        time.sleep(0.05)
