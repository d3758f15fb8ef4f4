"""One whole day without a person, as ``make demo ONCE=1`` walks it: its last line is JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandError

from newsroom.demo.day import Day
from newsroom.demo.progress import Progress
from smeditor.models import Rule

MINIMUM = {"articles": 3, "reactions": 20, "answered": 1, "tips": 1, "digests": 1, "sent": 6}


def walk(day: Day, progress: Progress, first_page: float) -> None:
    """Do what people would do, from connecting the accounts to the readers' thanks; ``first_page`` is in seconds.

    Raises CommandError when a station brings nothing or the day falls short of ``MINIMUM``.
    """
    with day.station("accounts"):
        day.connect(mode=Rule.Mode.ASK)
    with day.station("articles"):
        articles = day.publish()
        owed = day.expected_posts(articles)
        day.wait("posts from the rules", lambda: len(day.drafts()) >= owed, 45)
        progress.say(f"    {len(articles)} articles published, {len(day.drafts())} posts proposed")
    with day.station("approval"):
        for post in day.drafts():
            day.approve(post)
    with day.station("sending"):
        day.wait("posts sent", lambda: day.sent() >= owed)
    with day.station("readers"):
        day.wait("every reader's turn", lambda: day.readers_turn() == 0 and len(day.done) == len(day.cast.lines), 90)
    with day.station("collecting"):
        day.wait("reactions collected", lambda: sum(day.collected().values()) >= len(day.done) - 1, 60)
        reactions = day.collected()
    with day.station("triage"):
        day.wait("every reaction labelled and grouped", day.understood, 60)
    with day.station("concern"):
        concern = day.wait("a concern of three people", day.concern, 60)
        progress.say(f"    « {concern.label} » ({concern.people} people)")
    with day.station("tip"):
        tip = day.seal_tip()
        progress.say(f"    sealed as {tip.code_name!r}")
    with day.station("digest"):
        day.wait("a digest mail", day.send_digests, 30)
    with day.station("answer"):
        replies = day.answer(concern)
        day.wait("replies delivered", lambda: day.answered(replies) == len(replies) > 0, 60)
        day.wait("readers who heard the answer", lambda: day.heard() >= 1, 30)
    day.seconds["total"] = progress.seconds()
    _report({**day.summary(len(articles), reactions, replies), "first_page": first_page}, progress)


def _report(summary: dict[str, Any], progress: Progress) -> None:
    found = {
        **summary,
        "reactions": sum(summary["reactions"].values()),
        "sent": summary["deliveries"].get("sent", 0),
    }
    short = [f"{name}: {found[name]} of {least}" for name, least in MINIMUM.items() if found[name] < least]
    if not any(concern["people"] >= 3 for concern in summary["concerns"]):
        short.append("no concern of three people")
    progress.say(json.dumps(summary, ensure_ascii=False))
    if short:
        raise CommandError("The day fell short: " + "; ".join(short))
