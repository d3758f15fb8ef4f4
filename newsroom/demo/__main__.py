"""``make demo``: a working newsroom on loopback, with a practice network and readers who post there.

It is no ``manage.py`` command, since it chooses the environment in which Django is loaded.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from newsroom.demo import cast, opening
from newsroom.demo.processes import HOST, Processes, free_port, stop_on_signals
from newsroom.demo.progress import Progress

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo until Ctrl-C, or one whole day; ends every process whatever happens. Returns the exit status."""
    progress = Progress(sys.stdout, time.monotonic() - time.process_time())  # what was imported before counts too
    options = _options(arguments)
    folder = _folder(options)
    os.chdir(ROOT)
    os.environ.update(environment(options, folder))
    stop_on_signals()
    processes = Processes(folder / "log")
    practice: Any = None
    try:
        practice = _practice(options, folder, processes)
        _run(options, processes, practice, progress)
    except KeyboardInterrupt:
        progress.say("\nStopping …")
    except CommandError as error:
        progress.say("")
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        processes.stop()
        if practice:
            practice.stop()
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m newsroom.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="the newspaper's port; the others follow it")
    parser.add_argument("--once", action="store_true", help="one day without a person; the last line is JSON")
    parser.add_argument("--networks", default="", help="further networks, as x,facebook: doubles with readers")
    parser.add_argument("--bluesky", action="store_true", help="on the real Bluesky network instead of Mastodon's")
    options = parser.parse_args(arguments)
    options.port = free_port(options.port)
    return options


def _folder(options: argparse.Namespace) -> Path:
    """Where everything of this demo lies; emptied unless the newsroom is kept for next time."""
    folder = ROOT / "var" / ("day" if options.once else "demo") / ("bluesky" if options.bluesky else "mastodon")
    if options.once or options.bluesky:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def environment(options: argparse.Namespace, folder: Path) -> dict[str, str]:
    """The demo's own environment: its folder, its ports, loopback only. A database may be named in ``DATABASE_URL``."""
    return {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings.development",
        "NEWSROOM_VAR": str(folder),
        "NEWSROOM_URL": f"http://{HOST}:{options.port}",
        "NEWSROOM_NAME": "La Vigie de Lune",
        "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'newsroom.sqlite3'}",
        "SMEDITOR_ALLOWED_PRIVATE_HOSTS": f"{HOST},localhost",
        "SMEDITOR_POLL_PLAN": "[[120, 0.05], [1440, 0.2], [43200, 60]]",
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": HOST,
        "EMAIL_PORT": str(free_port(options.port + 2)),
        "PYTHONUNBUFFERED": "1",
    }


def _practice(options: argparse.Namespace, folder: Path, processes: Processes) -> Any:
    """The mailbox, and the network on which the readers post: both start beside what comes next."""
    mail = [str(folder / "mail"), os.environ["EMAIL_PORT"]]
    processes.start("mailbox", [sys.executable, "-m", "newsroom.demo.mailbox", *mail])
    members = cast.load().members
    if options.bluesky:
        from newsroom.demo.bluesky_practice import BlueskyPractice

        return BlueskyPractice(folder / "network", free_port(options.port + 10), members)
    from newsroom.demo.mastodon_server import MastodonPractice

    return MastodonPractice(processes, folder / "network", free_port(options.port + 1), members)


def _further(options: argparse.Namespace, processes: Processes) -> Any:
    """The further networks that were asked for; None without."""
    slugs = [slug.strip() for slug in options.networks.split(",") if slug.strip()]
    if not slugs:
        return None
    from newsroom.demo.further import FurtherNetworks

    return FurtherNetworks(processes, slugs, options.port + 20)


def _run(options: argparse.Namespace, processes: Processes, practice: Any, progress: Progress) -> None:
    """The first page, then everything behind it."""
    newsroom = opening.newspaper(processes, progress, options.port, ROOT / "var" / "tables")
    first_page = progress.seconds()
    from newsroom.demo import alone, company
    from newsroom.demo.day import Day

    further = _further(options, processes)
    processes.manage("worker", "smeditor_worker")
    if options.once:
        progress.say(f"  {first_page:6.1f} s  The newspaper is open.")
    else:
        company.welcome(newsroom, f"{practice.url}/", progress)
    progress.show("Waiting for the practice network …")
    processes.wait_for("mailbox", int(os.environ["EMAIL_PORT"]))
    practice.wait()
    day = Day(newsroom, cast.load(), practice, processes, progress.say, further)
    if options.once:
        alone.walk(day, progress, first_page)
    else:
        company.stay(day, progress)


if __name__ == "__main__":
    sys.exit(main())
