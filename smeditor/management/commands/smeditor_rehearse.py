"""``manage.py smeditor_rehearse``: a day of the queue against networks in memory that fail. Nothing leaves the house."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from smeditor import conf
from smeditor.publishing import slots
from smeditor.publishing.rehearsal import report
from smeditor.publishing.rehearsal.day import Settings, rehearse


class Command(BaseCommand):
    """Rehearse a day and write what a desk would have seen into a page; the last line of the output is JSON."""

    help = (
        "Send a day of the queue to networks in memory that fail as real ones do, and report what a desk would have seen. "
        "Nothing leaves the house and nothing is changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which day, with how many faults, and where the report goes."""
        parser.add_argument("--date", type=_day, help="the day, as 2027-03-28 (default: today)")
        parser.add_argument("--generated", action="store_true", help="fill the accounts' slots instead of the queue")
        parser.add_argument("--faults", type=float, default=0.2, help="share of messages that meet a fault (0 to 1)")
        parser.add_argument("--seed", type=int, default=1, help="the same number meets the same faults")
        parser.add_argument("--outage", type=_span, help="when no worker runs, as 14:00-15:30")
        parser.add_argument("--out", type=Path, help="where the page goes (default: var/rehearsal.html)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the day, write the page, and say the numbers. Raises CommandError for what cannot be rehearsed."""
        day = options["date"] or timezone.localtime(timezone.now(), conf.zone()).date()
        if not 0 <= options["faults"] <= 1:
            raise CommandError("--faults is a share: a number from 0 to 1.")
        outage = options["outage"]
        since, until = (slots.instant(day, wall, conf.zone()) for wall in outage) if outage else (None, None)
        asked = Settings(
            day=day,
            share=options["faults"],
            seed=options["seed"],
            invented=options["generated"],
            outage=(since, until) if since and until else None,
        )
        with translation.override(settings.LANGUAGE_CODE):
            outcome = rehearse(asked)
            page = report.page(outcome)
        out = options["out"] or Path(getattr(settings, "VAR_DIR", "var")) / "rehearsal.html"
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page, encoding="utf-8")
        summary = outcome.summary()
        if not outcome.planned:
            self.stdout.write(f"Nothing is queued for {day}. Add --generated to fill the accounts' slots.")
        self.stdout.write(
            f"{summary['planned']} planned, {summary['sent']} sent, {summary['person']} for a person, {summary['late']} "
            f"late; doubled {summary['doubled']}, lost {summary['lost']}. The report: {out}"
        )
        self.stdout.write(json.dumps({**summary, "report": str(out)}))
        if summary["doubled"] or summary["lost"]:
            raise CommandError("A message was doubled or lost: this must not be.")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _span(text: str) -> tuple[time, time]:
    since, _dash, until = text.partition("-")
    found = time.fromisoformat(since), time.fromisoformat(until)
    if found[0] >= found[1]:
        raise ValueError("the outage ends before it begins")
    return found
