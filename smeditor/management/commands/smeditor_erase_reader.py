"""``manage.py smeditor_erase_reader``: erase all that one reader ever wrote to the newsroom, at their own request."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from smeditor.listening.reader_erasure import count_kept, erase_readers
from smeditor.listening.reader_search import find_readers


class Command(BaseCommand):
    """Erase all that one reader wrote, at their wish (GDPR, article 17)."""

    help = (
        "Erase all that a reader wrote: by handle, address, or pseudonym, on one network. Without --yes it only counts."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the network, the name by which the reader is known there, and the two switches."""
        parser.add_argument("network", help='Where they wrote: "mastodon", "bluesky", "form", "web" …')
        parser.add_argument("who", help="Their handle, the address of their profile or mail, or their pseudonym.")
        parser.add_argument("--opt-out", action="store_true", help="They do not want to be collected again either.")
        parser.add_argument("--yes", action="store_true", help="Erase. There is no way back.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, or with no ``--yes`` only count. Raises CommandError when nobody of that name is known."""
        readers = find_readers(options["network"], options["who"])
        if not readers:
            raise CommandError("Nobody of that name is known there.")
        if not options["yes"]:
            number = count_kept(readers).total
            self.stdout.write(f"{number} reactions would be erased. Run it again with --yes to do it.")
            return
        erased = erase_readers(readers, opt_out=options["opt_out"])
        self.stdout.write(f"{erased} reactions are erased. What a legal hold keeps goes when the hold ends.")
