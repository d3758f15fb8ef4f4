"""``manage.py serve``: the web and the worker together, for one's own machine; both end with Ctrl-C."""

from __future__ import annotations

import sys
import time
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from newsroom.demo import database
from newsroom.demo.processes import HOST, Processes, free_port, stop_on_signals


class Command(BaseCommand):
    """For development: the newspaper without the demo's readers."""

    help = "Start the newspaper and its worker on loopback, without any server beside them."

    def add_arguments(self, parser: CommandParser) -> None:
        """The port."""
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, **options) -> None:
        """Make what the desk needs to start, start both processes, and stop them when asked."""
        Path(settings.VAR_DIR).mkdir(parents=True, exist_ok=True)
        database.prepare(connection, Path(settings.BASE_DIR) / "var" / "tables")
        call_command("smeditor_setup", stdout=StringIO())
        port = free_port(options["port"])
        processes = Processes(Path(settings.VAR_DIR) / "log")
        stop_on_signals()
        manage = [sys.executable, "manage.py"]
        env = {"NEWSROOM_URL": f"http://{HOST}:{port}"}
        try:
            processes.start("web", [*manage, "runserver", "--noreload", f"{HOST}:{port}"], env)
            processes.start("worker", [*manage, "smeditor_worker"], env)
            processes.wait_for("web", port)
            self.stdout.write(
                f"Newspaper http://{HOST}:{port}/   Desk http://{HOST}:{port}/admin/   Ctrl-C stops both."
            )
            if not get_user_model().objects.filter(is_active=True).exists():
                self.stdout.write(f"Nobody can log in yet: {sys.executable} manage.py createsuperuser")
            while True:
                processes.check()
                time.sleep(1)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping …")
        finally:
            processes.stop()
