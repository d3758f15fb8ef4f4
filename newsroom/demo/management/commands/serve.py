"""``manage.py serve``: the web and the worker together, for one's own machine; both end with Ctrl-C."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from newsroom.demo.processes import HOST, Processes, free_port, stop_on_signals


class Command(BaseCommand):
    """For development: the newspaper without the demo's readers."""

    help = "Start the newspaper and its worker on loopback, without any server beside them."

    def add_arguments(self, parser: CommandParser) -> None:
        """The port."""
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args, **options) -> None:
        """Migrate, start both processes, and stop them when asked."""
        Path(settings.VAR_DIR).mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        port = free_port(options["port"])
        processes = Processes(Path(settings.VAR_DIR) / "log")
        stop_on_signals()
        env = {"NEWSROOM_URL": f"http://{HOST}:{port}"}
        try:
            processes.manage("web", "runserver", "--noreload", f"{HOST}:{port}", env=env)
            processes.manage("worker", "smeditor_worker", env=env)
            processes.wait_for("web", port)
            self.stdout.write(
                f"Newspaper http://{HOST}:{port}/   Desk http://{HOST}:{port}/admin/   Ctrl-C stops both."
            )
            while True:
                processes.check()
                time.sleep(1)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping …")
        finally:
            processes.stop()
