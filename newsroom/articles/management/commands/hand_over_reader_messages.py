"""Offer the readers' messages that still wait to the social desk again."""

from django.core.management.base import BaseCommand, CommandError

from newsroom.articles.reader_messages import hand_over_waiting


class Command(BaseCommand):
    """For a timer: what the desk could not take when it came is offered again."""

    help = "Offer the readers' messages that still wait to the social desk again."

    def handle(self, *args: object, **options: object) -> None:
        """Offer all that wait, and say how many were taken. Raises CommandError while any still waits."""
        taken, waiting = hand_over_waiting()
        self.stdout.write(f"{taken} handed over, {waiting} still waiting.")
        if waiting:
            raise CommandError("Some messages were not taken; see the log for the cause.")
