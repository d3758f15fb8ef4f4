"""``manage.py smeditor_triage``: JSON Lines of texts in, flags with their reasons out. Never touches the database."""

from collections.abc import Iterator
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from smeditor.insight.triage import triage
from smeditor.management.jsonlines import Progress, opened, read_rows, write_row


class Command(BaseCommand):
    """Triage the texts of a file; see docs/insight.md for the form of both files."""

    help = "Triage texts: JSON Lines with id, text, lang in; id, lang, flags, scores, because out, line by line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two files."""
        parser.add_argument("file", metavar="FILE", help="JSON Lines, or - for standard input")
        parser.add_argument("--out", required=True, metavar="FILE", help="JSON Lines, or - for standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer line by line. Raises CommandError when a file cannot be opened, read or written."""
        progress = Progress(self.stderr.write)
        try:
            with opened(options["file"], "r") as source, opened(options["out"], "w") as target:
                for answer in answers(source):
                    write_row(target, answer)
                    progress.step(bad="error" in answer)
        except OSError as error:
            raise CommandError(_("The file can't be read or written: %(error)s") % {"error": error}) from error
        progress.finish()


def answers(lines: IO[str]) -> Iterator[dict[str, Any]]:
    """Yield one answer for each line that is not blank, in order; {"id", "error"} for one that can't be read."""
    for number, row, error in read_rows(lines, require="text"):
        if error or row is None:
            yield {
                "id": row.get("id") if row else None,
                "error": _("Line %(number)d: %(error)s") % {"number": number, "error": error},
            }
            continue
        lang = row.get("lang")
        result = triage(row["text"], lang if isinstance(lang, str) else None)
        yield {
            "id": row.get("id"),
            "lang": result.lang,
            "flags": list(result.labels),
            "scores": result.scores,
            "because": result.evidence,
        }
