"""``manage.py smeditor_worker``: the scheduler and the sender, in one process, without a server."""

import sys
from typing import Any

from django.core.checks import Tags
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from smeditor import conf, worker


class Command(BaseCommand):
    """Start a Celery worker that wakes itself, in one process."""

    help = (
        "Work for the desk until stopped: send what is due, collect reactions, write digests. "
        "With CELERY_BROKER_URL it joins the other workers on Redis or RabbitMQ."
    )

    requires_system_checks = [Tags.compatibility]  # those of the settings: it serves no page and loads no addresses

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of threads, whether it wakes itself, and how much it logs."""
        parser.add_argument(
            "--concurrency", type=int, default=4, help="threads for sending (default 4); all other work has its own"
        )
        parser.add_argument("--no-beat", action="store_true", help="another process sends the wake-ups")
        parser.add_argument("--no-streams", action="store_true", help="hold no open connections to networks")
        parser.add_argument("--loglevel", default="WARNING")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until stopped. Raises CommandError when a key is missing or is none."""
        try:
            conf.secret_keys()
            conf.pseudonym_key()
        except ImproperlyConfigured as error:
            raise CommandError(f"The worker does not start: {error}") from error
        sys.exit(
            worker.run(
                concurrency=options["concurrency"],
                loglevel=options["loglevel"],
                beat=not options["no_beat"],
                streams=not options["no_streams"],
            )
        )
