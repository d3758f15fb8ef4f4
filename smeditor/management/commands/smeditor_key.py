"""``manage.py smeditor_key``: make a key for SMEDITOR["SECRET_KEYS"] or SMEDITOR["PSEUDONYM_KEY"]."""

from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand, CommandParser

from smeditor import conf


class Command(BaseCommand):
    """Print a key; it is stored nowhere."""

    help = 'Print a new key, good for SMEDITOR["SECRET_KEYS"] and for SMEDITOR["PSEUDONYM_KEY"].'
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the switch that prints the keys in use instead of a new one."""
        parser.add_argument(
            "--derived",
            action="store_true",
            help="Print the keys that a trial without keys of its own has used: those that belong to SECRET_KEY.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one new key, or those that are derived from ``SECRET_KEY``."""
        if options["derived"]:
            self.stdout.write(f"SECRET_KEYS: {','.join(conf.derived_secret_keys())}")
            self.stdout.write(f"PSEUDONYM_KEY: {conf.derived_pseudonym_key()}")
        else:
            self.stdout.write(Fernet.generate_key().decode())
