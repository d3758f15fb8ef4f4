"""``manage.py smeditor_triage``: JSON Lines of texts in, flags with their reasons out. Never touches the database."""

from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from smeditor.insight.labels.comparison import read_by_meaning
from smeditor.insight.meaning.encoder import Encoder
from smeditor.insight.meaning.loading import encoder
from smeditor.insight.triage import Triage, triage
from smeditor.management.jsonlines import Progress, opened, read_rows, write_row

AT_ONCE = 32
"""Lines that are read before the encoder is given their texts."""


class Command(BaseCommand):
    """Triage the texts of a file; see docs/insight.md for the form of both files."""

    help = "Triage texts: JSON Lines with id, text, lang in; id, lang, flags, scores, because out, line by line."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two files."""
        parser.add_argument("file", metavar="FILE", help="JSON Lines, or - for standard input")
        parser.add_argument("--out", required=True, metavar="FILE", help="JSON Lines, or - for standard output")
        parser.add_argument("--rules", action="store_true", help="by the rules alone, also where there is an encoder")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer line by line. Raises CommandError when a file cannot be opened, read or written."""
        progress = Progress(self.stderr.write)
        model = None if options["rules"] else encoder()
        try:
            with opened(options["file"], "r") as source, opened(options["out"], "w") as target:
                for answer in answers(source, model):
                    write_row(target, answer)
                    progress.step(bad="error" in answer)
        except OSError as error:
            raise CommandError(_("The file can't be read or written: %(error)s") % {"error": error}) from error
        progress.finish()


def answers(lines: IO[str], model: Encoder | None = None) -> Iterator[dict[str, Any]]:
    """Yield one answer for each line that is not blank, in order; {"id", "error"} for one that can't be read."""
    if model is None:
        for line in read_rows(lines, require="text"):
            yield _answer(*line, _by_rules(line))
        return
    rows = read_rows(lines, require="text")
    while batch := list(islice(rows, AT_ONCE)):
        results = [_by_rules(line) for line in batch]
        known = [(result, line[1]["text"]) for result, line in zip(results, batch, strict=True) if result and line[1]]
        revised = iter(read_by_meaning(known, model))
        for line, result in zip(batch, results, strict=True):
            yield _answer(*line, next(revised) if result else None)


Line = tuple[int, dict[str, Any] | None, str]


def _by_rules(line: Line) -> Triage | None:
    _number, row, error = line
    if error or row is None:
        return None
    lang = row.get("lang")
    return triage(row["text"], lang if isinstance(lang, str) else None)


def _answer(number: int, row: dict[str, Any] | None, error: str, result: Triage | None) -> dict[str, Any]:
    if row is None or result is None:
        return {
            "id": row.get("id") if row else None,
            "error": _("Line %(number)d: %(error)s") % {"number": number, "error": error},
        }
    return {
        "id": row.get("id"),
        "lang": result.lang,
        "flags": list(result.labels),
        "scores": result.scores,
        "because": result.evidence,
    }
