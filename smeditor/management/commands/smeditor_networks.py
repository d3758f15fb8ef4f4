"""``manage.py smeditor_networks``: what each installed network lets the desk do, as a table."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from smeditor import conf
from smeditor.networks.matrix import matrix
from smeditor.networks.registry import network_classes


class Command(BaseCommand):
    """Print the table of capabilities, in Markdown."""

    help = "Print what each installed network lets the desk do, as a table in Markdown."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the networks to show."""
        parser.add_argument("networks", nargs="*", help="Slugs of the networks; none: all that are installed.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table."""
        chosen = set(options["networks"])
        classes = [network for network in network_classes(conf.get("NETWORKS")) if not chosen or network.slug in chosen]
        self.stdout.write(matrix(classes))
