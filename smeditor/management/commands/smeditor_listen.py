"""``manage.py smeditor_listen``: read the sources now, one round, and tell what came from where."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor.listening import claims, poll, threads
from smeditor.models import Source

LEFT_OUT = {
    "not public": gettext_lazy("not public"),
    "nameless": gettext_lazy("nameless"),
    "empty": gettext_lazy("empty"),
    "ours": gettext_lazy("ours"),
    "deleted by its author": gettext_lazy("deleted by its author"),
    "about no article": gettext_lazy("about no article"),
}


class Command(BaseCommand):
    """Read sources once, without the worker."""

    help = "Read every source that is due (or the one that is named) once, and show what came from where."

    def add_arguments(self, parser: Any) -> None:
        """Take the number of a source."""
        parser.add_argument(
            "--source", type=int, help="Number of one source, which is then read even if it is not due."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, and print a table. Raises CommandError when there is no active source of that number."""
        now = timezone.now()
        poll.add_missing_sources()
        rows: list[tuple[str, ...]] = []
        for pk in self._chosen(options["source"], now):
            result = poll.poll_source(pk, now, "smeditor_listen")
            if result is None:
                rows.append((str(Source.objects.get(pk=pk)), "-", "-", "-", _("Another worker is reading it.")))
                continue
            stored = result.stored
            left_out = ", ".join(
                f"{count} {LEFT_OUT.get(reason, reason)}" for reason, count in sorted(stored.left_out.items()) if count
            )
            note = "; ".join(filter(None, (result.problem, left_out)))
            numbers = (len(stored.created), len(stored.updated), stored.answers)
            rows.append((str(result.source), *map(str, numbers), note))
        threads.close_answered(now)
        self._print(rows)

    def _chosen(self, source_id: int | None, now: Any) -> list[int]:
        if source_id is None:
            return list(claims.due(now).values_list("pk", flat=True))
        if not Source.objects.filter(pk=source_id, active=True).exists():
            known = ", ".join(f"{source.pk} ({source})" for source in Source.objects.filter(active=True)[:20])
            raise CommandError(
                _("There is no active source %(number)s. Known: %(known)s")
                % {"number": source_id, "known": known or "-"}
            )
        return [source_id]

    def _print(self, rows: list[tuple[str, ...]]) -> None:
        if not rows:
            self.stdout.write(_("No source is due."))
            return
        table = [(_("source"), _("new"), _("changed"), _("answers"), _("remarks")), *rows]
        widths = [max(len(row[column]) for row in table) for column in range(5)]
        for row in table:
            cells = zip(row, widths, strict=True)
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in cells).rstrip())
