"""``manage.py demo``: a working newsroom on loopback, with a practice network and readers who post there."""

from __future__ import annotations

import json
import os
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsroom.demo import cast
from newsroom.demo.processes import HOST, Processes, free_port, stop_on_signals
from smeditor.models import Rule

STAGE = "NEWSROOM_DEMO"
MINIMUM = {"articles": 3, "reactions": 20, "answered": 1, "tips": 1, "digests": 1, "sent": 6}


class Command(BaseCommand):
    """The demo, and the day that ``make demo ONCE=1`` runs."""

    help = "Run the demo newsroom until Ctrl-C, or one whole day without a person (--once)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The port, one day only, and which network."""
        parser.add_argument("--port", type=int, default=8000, help="the newspaper's port; the others follow it")
        parser.add_argument("--once", action="store_true", help="one day without a person; the last line is JSON")
        parser.add_argument("--bluesky", action="store_true", help="on the real Bluesky network instead of Mastodon's")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it in an environment of its own, and end every process whatever happens."""
        if STAGE not in os.environ:
            self._enter(options)
        self.began = time.monotonic()
        stop_on_signals()
        processes = Processes(Path(settings.VAR_DIR) / "log")
        practice = None
        try:
            day = self._open(processes, options)
            practice = day.practice
            self._once(day) if options["once"] else self._stay(day)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping …")
        finally:
            processes.stop()
            if practice:
                practice.stop()

    def _enter(self, options: dict[str, Any]) -> None:
        """Start again inside the demo's own environment: its folder under ``var/``, its ports, loopback only."""
        root = Path(settings.BASE_DIR)
        folder = (
            root / "var" / ("day" if options["once"] else "demo") / ("bluesky" if options["bluesky"] else "mastodon")
        )
        if options["once"] or options["bluesky"]:
            _empty(folder)
        port = free_port(options["port"])
        env = {
            **os.environ,
            STAGE: "1",
            "DJANGO_SETTINGS_MODULE": "newsroom.settings.development",
            "NEWSROOM_VAR": str(folder),
            "NEWSROOM_URL": f"http://{HOST}:{port}",
            "NEWSROOM_NAME": "La Vigie de Lune",
            "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
            "SMEDITOR_ALLOWED_PRIVATE_HOSTS": f"{HOST},localhost",
            "SMEDITOR_POLL_PLAN": "[[120, 0.05], [1440, 0.2], [43200, 60]]",
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": HOST,
            "EMAIL_PORT": str(free_port(port + 2)),
            "PYTHONUNBUFFERED": "1",
        }
        if not env["DATABASE_URL"]:
            env["DATABASE_URL"] = f"sqlite:///{folder / 'newsroom.sqlite3'}"
        labels = [label for label in ("once", "bluesky") if options[label]]
        command = [sys.executable, "manage.py", "demo", "--port", str(port), *(f"--{label}" for label in labels)]
        sys.stdout.flush()
        os.chdir(root)
        os.execve(sys.executable, command, env)  # noqa: S606 - ourselves

    def _open(self, processes: Processes, options: dict[str, Any]):
        """Database, practice network, mailbox, web and worker; returns the day, ready to begin."""
        folder, port = Path(settings.VAR_DIR), options["port"]
        self.say("Opening the newsroom …")
        folder.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("smeditor_setup", stdout=StringIO())
        cast_list = cast.load()
        if options["bluesky"]:
            from newsroom.demo.bluesky_practice import BlueskyPractice

            practice: Any = BlueskyPractice(folder / "network", free_port(port + 10), cast_list.members)
        else:
            from newsroom.demo.mastodon_server import MastodonPractice

            practice = MastodonPractice(processes, folder / "network", free_port(port + 1), cast_list.members)
        from newsroom.demo.day import Day

        day = Day(cast_list, practice, processes, self.say)
        mail = int(settings.EMAIL_PORT)
        processes.start("mailbox", [sys.executable, "-m", "newsroom.demo.mailbox", str(folder / "mail"), str(mail)])
        processes.manage("web", "runserver", "--noreload", "--insecure", f"{HOST}:{port}")
        processes.wait_for("mailbox", mail)
        processes.wait_for("web", port)
        return day

    def say(self, text: str) -> None:
        """Write one line at once, so that whoever waits sees it."""
        self.stdout.write(text)
        self.stdout.flush()

    # a day without a person

    def _once(self, day) -> None:
        with day.station("accounts"):
            day.connect(mode=Rule.Mode.ASK)
        day.processes.manage("worker", "smeditor_worker")
        with day.station("articles"):
            articles = day.publish()
            owed = day.expected_posts(articles)
            day.wait("posts from the rules", lambda: len(day.drafts()) >= owed, 45)
            day.say(f"    {len(articles)} articles published, {len(day.drafts())} posts proposed")
        with day.station("approval"):
            approved = day.drafts()
            for post in approved:
                day.approve(post)
        with day.station("sending"):
            day.wait("posts sent", lambda: day.sent() >= owed)
        with day.station("readers"):
            day.wait(
                "every reader's turn", lambda: day.readers_turn() == 0 and len(day.done) == len(day.cast.lines), 90
            )
        with day.station("collecting"):
            day.wait("reactions collected", lambda: sum(day.collected().values()) >= len(day.done) - 1, 60)
            reactions = day.collected()
        with day.station("triage"):
            day.wait("every reaction labelled and grouped", day.understood, 60)
        with day.station("concern"):
            concern = day.wait("a concern of three people", day.concern, 60)
            day.say(f"    « {concern.label} » ({concern.people} people)")
        with day.station("tip"):
            tip = day.seal_tip()
            day.say(f"    sealed as {tip.code_name!r}")
        with day.station("digest"):
            day.wait("a digest mail", day.send_digests, 30)
        with day.station("answer"):
            replies = day.answer(concern)
            day.wait("replies delivered", lambda: day.answered(replies) == len(replies) > 0, 60)
            day.wait("readers who heard the answer", lambda: day.heard() >= 1, 30)
        day.seconds["total"] = round(time.monotonic() - self.began, 2)
        self._report(day.summary(len(articles), reactions, replies))

    def _report(self, summary: dict[str, Any]) -> None:
        found = {
            **summary,
            "reactions": sum(summary["reactions"].values()),
            "sent": summary["deliveries"].get("sent", 0),
        }
        short = [f"{name}: {found[name]} of {least}" for name, least in MINIMUM.items() if found[name] < least]
        if not any(concern["people"] >= 3 for concern in summary["concerns"]):
            short.append("no concern of three people")
        self.say(json.dumps(summary, ensure_ascii=False))
        if short:
            raise CommandError("The day fell short: " + "; ".join(short))

    # a day with a person

    def _stay(self, day) -> None:
        day.connect(mode=Rule.Mode.ASK, auto=("vigie_planete", "vigie_en"))
        day.processes.manage("worker", "smeditor_worker")
        day.publish()
        self._welcome(day)
        while True:
            day.processes.check()
            done = day.readers_turn()
            if done:
                self.say(f"  {done} readers reacted on {day.practice.url}")
            time.sleep(2)

    def _welcome(self, day) -> None:
        url = settings.WAGTAILADMIN_BASE_URL
        lines = [
            "",
            f"  Newspaper   {url}/",
            f"  Desk        {url}/admin/",
            f"  Network     {day.practice.url}/   (a practice server; the readers post there)",
            f"  Mail        {Path(settings.VAR_DIR) / 'mail'}",
            "",
            "  Log in with the password " + day.newsroom.password + " as:",
        ]
        for user in day.newsroom.users.values():
            groups = ", ".join(user.groups.values_list("name", flat=True)) or "engineer"
            lines.append(f"    {user.username:<8} {user.get_full_name():<16} {groups}")
        lines += [
            "",
            "  Posts wait for your approval. Ctrl-C stops everything; the newsroom is kept for next time.",
            "",
        ]
        self.say("\n".join(lines))


def _empty(folder: Path) -> None:
    """Remove what an earlier day left in ``folder``."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
