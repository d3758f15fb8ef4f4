"""``manage.py smeditor_alerts``: counts in buckets in, alerts out. Never touches the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from smeditor.insight.alerts.spikes import SpikeDetector
from smeditor.management.jsonlines import Progress, opened, read_rows, write_row

MAX_GAP = timedelta(days=7)
"""What lies further ahead than this is no gap that is filled with zeros."""
MAX_COUNT = 10**12


def parse_at(value: object) -> datetime:
    """Return the aware time of an ISO 8601 string (UTC where it names no zone); ValueError where it is none."""
    if not isinstance(value, str):
        raise ValueError(_('"at" is missing or is not a string.'))
    at = datetime.fromisoformat(value)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def parse_count(value: object) -> int:
    """Return a count; ValueError where it is no whole number from 0 up."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 <= value <= MAX_COUNT
        or value != int(value)
    ):
        raise ValueError(_('"count" is missing or is not a whole number from 0 up.'))
    return int(value)


class Stream:
    """One series of the file; a bucket that the file leaves out counts as zero.

    A line that leaps far ahead is kept until the next one: if that goes back, it was a lone date from the future.
    """

    def __init__(self, bucket: timedelta, series: str) -> None:
        self.bucket = bucket
        self.detector = SpikeDetector(bucket, series=series)
        self.last: datetime | None = None
        self.kept: tuple[int, datetime, int] | None = None

    def rows(self, line: int, at: datetime, count: int) -> list[dict[str, Any]]:
        """Feed a line and return its alerts, and what became of the kept one.

        Raises ValueError where it does not come after the line before it.
        """
        if self.last is not None and at <= self.last:
            raise ValueError(_("The bucket does not come after the one before it."))
        found = self._resolve(at)
        if self.last is not None and at - self.last > MAX_GAP:
            self.kept = line, at, count
            return found
        return found + self._feed(at, count)

    def end(self) -> list[dict[str, Any]]:
        """Return the alerts of what is still kept when the file ends."""
        kept, self.kept = self.kept, None
        return self._feed(kept[1], kept[2]) if kept else []

    def _resolve(self, at: datetime) -> list[dict[str, Any]]:
        """Decide about the kept line by the time of the one after it."""
        if self.kept is None or at > self.kept[1]:
            return self.end()
        line, self.kept = self.kept[0], None
        return [{"line": line, "error": _("The lines after it are older: a lone date from the future.")}]

    def _feed(self, at: datetime, count: int) -> list[dict[str, Any]]:
        found = []
        if self.last is not None and at - self.last <= MAX_GAP:
            missing = self.last + self.bucket
            while missing < at:
                found += self.detector.observe(missing, 0)
                missing += self.bucket
        self.last = at
        found += self.detector.observe(at, count)
        return [
            {"at": a.at.isoformat(), "kind": a.kind, "count": a.count, "expected": a.expected, "z": a.z}
            | ({"series": a.series} if a.series else {})
            for a in found
        ]


class Command(BaseCommand):
    """Find spikes in a file of counts; see docs/insight.md for the form of both files."""

    help = "Find spikes: JSON Lines with at, count and, if several series are mixed, series in; alerts out."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two files and the length of a bucket in minutes."""
        parser.add_argument("file", metavar="FILE", help="JSON Lines, or - for standard input")
        parser.add_argument("--out", required=True, metavar="FILE", help="JSON Lines, or - for standard output")
        parser.add_argument("--minutes", type=float, default=15, help="length of a bucket in minutes (15)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read counts, write alerts as they are found.

        Raises CommandError for a length out of bounds or a file that fails.
        """
        if not 1 <= options["minutes"] <= 1440:
            raise CommandError(_("A bucket lasts from 1 minute to a day."))
        bucket = timedelta(minutes=options["minutes"])
        progress = Progress(self.stderr.write)
        streams: dict[str, Stream] = {}
        try:
            with opened(options["file"], "r") as source, opened(options["out"], "w") as target:
                for number, row, error in read_rows(source, require="at"):
                    try:
                        if error or row is None:
                            raise ValueError(error)
                        name = str(row.get("series") or "")
                        stream = streams.setdefault(name, Stream(bucket, name))
                        for found in stream.rows(number, parse_at(row["at"]), parse_count(row.get("count"))):
                            write_row(target, found)
                        progress.step()
                    except (ValueError, OverflowError) as problem:
                        write_row(target, {"line": number, "error": str(problem)})
                        progress.step(bad=True)
                for stream in streams.values():
                    for found in stream.end():
                        write_row(target, found)
        except OSError as error:
            raise CommandError(_("The file can't be read or written: %(error)s") % {"error": error}) from error
        progress.finish()
