"""``manage.py smeditor_group``: JSON Lines of texts in, the concern of each out. Never touches the database."""

from array import array
from collections import Counter
from collections.abc import Hashable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from smeditor.insight.clustering.batches import BatchGrouper
from smeditor.insight.clustering.grouping import DEFAULT_THRESHOLD
from smeditor.insight.clustering.word_grouper import WordGrouper
from smeditor.insight.meaning.loading import encoder
from smeditor.insight.same_concern.article_grouper import ArticleGrouper
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
    """Group the texts of a file into concerns; see docs/insight.md for the form of all files."""

    help = "Group texts into concerns: JSON Lines with id, text, lang, article in; id and concern out (null: none yet)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the files, the threshold of similarity (cosine, 0 to 1) and whether to group by words alone."""
        parser.add_argument("file", metavar="FILE", help="JSON Lines, or - for standard input")
        parser.add_argument("--out", required=True, metavar="FILE", help="JSON Lines, or - for standard output")
        parser.add_argument(
            "--threshold",
            type=float,
            default=DEFAULT_THRESHOLD,
            help="similarity from which a text joins a concern, where no article is named",
        )
        parser.add_argument(
            "--ask", metavar="FILE", help="where to write the pairs that an editor should be asked about, best first"
        )
        parser.add_argument(
            "--words", action="store_true", help="one pass by the words alone: several times as fast, and coarser"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read texts, then write the concern of each. Raises CommandError for a bad threshold or a file that fails."""
        if options["words"] and options["ask"]:
            raise CommandError(_("In one pass by the words alone there is nothing to ask: leave out --words or --ask."))
        try:
            grouper = (OnePass if options["words"] else BatchGrouper)(options["threshold"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        lines = _Lines(grouper, within=None if options["words"] else ArticleGrouper(encoder()))
        lines.asking = bool(options["ask"])
        progress = Progress(self.stderr.write)
        try:
            with opened(options["file"], "r") as source:
                for number, row, trouble in read_rows(source, require="text"):
                    lines.take(number, row, trouble)
                    progress.step(bad=bool(trouble))
            concerns = lines.concerns()
            with opened(options["out"], "w") as target:
                for answer in lines.answers(concerns):
                    write_row(target, answer)
            if options["ask"]:
                with opened(options["ask"], "w") as target:
                    for question in lines.questions():
                        write_row(target, question)
        except OSError as error:
            raise CommandError(_("The file can't be read or written: %(error)s") % {"error": error}) from error
        progress.finish()


class _Lines:
    """The lines of a file on their way to the grouper that fits: within its article where a line names one."""

    def __init__(self, grouper: OnePass | BatchGrouper, within: ArticleGrouper | None) -> None:
        self.grouper, self.within = grouper, within
        self.asking = False
        self.ids: list[Any] = []
        self.errors: dict[int, str] = {}
        self._without = ArticleGrouper(within.encoder) if within is not None else None

    def take(self, number: int, row: dict[str, Any] | None, trouble: str) -> None:
        """Take the next line in; ``row`` and ``trouble`` as ``read_rows`` gives them."""
        place = len(self.ids)
        self.ids.append(row.get("id") if row else None)
        if trouble or row is None:
            self.grouper.skip()
            self.errors[place] = _("Line %(number)d: %(error)s") % {"number": number, "error": trouble}
            return
        lang = row.get("lang")
        lang = lang if isinstance(lang, str) else None
        article = _key(row.get("article"))
        if self.within is not None and article is not None:
            self.grouper.skip()
            self.within.add(place, row["text"], lang, article)
            return
        self.grouper.add(row["text"], lang=lang)
        if self.asking and self._without is not None:
            self._without.add(place, row["text"], lang, None)

    def concerns(self) -> list[int]:
        """Return the concern of each line, 0 for none, after the last line was taken."""
        found = list(self.grouper.finish())
        if self.within is not None:
            self.within.finish()
            above = max(found, default=0)
            for place, concern in self.within.concerns.items():
                found[place] = above + concern
        if self._without is not None:
            self._without.finish()
        return found

    def answers(self, concerns: list[int]) -> Iterator[dict[str, Any]]:
        """Yield the answer to each line in its order."""
        sizes = Counter(concerns)
        for place, name in enumerate(self.ids):
            concern = concerns[place]
            answer: dict[str, Any] = {"id": name, "concern": concern if concern and sizes[concern] > 1 else None}
            if place in self.errors:
                answer["error"] = self.errors[place]
            yield answer

    def questions(self) -> Iterator[dict[str, Any]]:
        """Yield the pairs to ask about, best first; those within an article before those of which none is known."""
        for grouper in (self.within, self._without):
            for question in grouper.questions() if grouper is not None else ():
                yield {
                    "a": self.ids[question.first],
                    "b": self.ids[question.second],
                    "p": round(question.probability, 4),
                }


def _key(article: Any) -> Hashable:
    """The key of an article in a line: a string or a number; None for anything else."""
    return article if isinstance(article, str | int) and article != "" else None
