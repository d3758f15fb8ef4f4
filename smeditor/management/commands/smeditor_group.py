"""``manage.py smeditor_group``: JSON Lines of texts in, the concern of each out. Never touches the database."""

from array import array
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from smeditor.insight.clustering.batches import BatchGrouper
from smeditor.insight.clustering.grouping import DEFAULT_THRESHOLD
from smeditor.insight.clustering.word_grouper import WordGrouper
from smeditor.management.jsonlines import Progress, opened, read_rows, write_row


class OnePass:
    """Words mode with the manners of ``BatchGrouper``: every line has its place, also one without a text."""

    def __init__(self, threshold: float) -> None:
        self.grouper = WordGrouper(threshold)
        self.concerns = array("q")

    def add(self, text: str, lang: str | None = None) -> None:
        """Group one text at once; its concern's number is final."""
        self.concerns.append(self.grouper.add(text, lang))

    def skip(self) -> None:
        """Give a line that cannot be read the number 0, so that answers and lines keep their order."""
        self.concerns.append(0)

    def finish(self) -> "array[int]":
        """Return the number of each text's concern, in the order of the lines; 0 stands for none."""
        return self.concerns


class Command(BaseCommand):
    """Group the texts of a file into concerns; see docs/insight.md for the form of both files."""

    help = "Group texts into concerns: JSON Lines with id, text, lang in; id and concern out (null: none yet)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two files, the threshold of similarity (cosine, 0 to 1) and whether to group by words alone."""
        parser.add_argument("file", metavar="FILE", help="JSON Lines, or - for standard input")
        parser.add_argument("--out", required=True, metavar="FILE", help="JSON Lines, or - for standard output")
        parser.add_argument(
            "--threshold", type=float, default=DEFAULT_THRESHOLD, help="similarity from which a text joins a concern"
        )

        parser.add_argument(
            "--words", action="store_true", help="one pass by the words alone: several times as fast, and coarser"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read texts, then write the concern of each. Raises CommandError for a bad threshold or a file that fails."""
        try:
            grouper = (OnePass if options["words"] else BatchGrouper)(options["threshold"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        progress = Progress(self.stderr.write)
        ids: list[Any] = []
        errors: dict[int, str] = {}
        try:
            with opened(options["file"], "r") as source:
                for place, (number, row, trouble) in enumerate(read_rows(source, require="text")):
                    ids.append(row.get("id") if row else None)
                    if trouble or row is None:
                        grouper.skip()
                        errors[place] = _("Line %(number)d: %(error)s") % {"number": number, "error": trouble}
                    else:
                        lang = row.get("lang")
                        grouper.add(row["text"], lang=lang if isinstance(lang, str) else None)
                    progress.step(bad=bool(trouble))
            concerns = grouper.finish()
            sizes = Counter(concerns)
            with opened(options["out"], "w") as target:
                for place, name in enumerate(ids):
                    concern = concerns[place]
                    answer: dict[str, Any] = {
                        "id": name,
                        "concern": concern if concern and sizes[concern] > 1 else None,
                    }
                    if place in errors:
                        answer["error"] = errors[place]
                    write_row(target, answer)
        except OSError as error:
            raise CommandError(_("The file can't be read or written: %(error)s") % {"error": error}) from error
        progress.finish()
