"""A poll beneath a message, what a network takes of one, and what it would refuse: plain values, and sentences.

The question is the message's text. A poll stands alone on every network that is spoken to here: without images, videos and
quotes. X says so of all three (OpenAPI document 2.159, ``TweetCreateRequest.poll``), Mastodon of media
(https://docs.joinmastodon.org/methods/statuses/#create), Threads of everything but text
(https://developers.facebook.com/documentation/threads/create-posts/polls); Telegram's has no other text than its question
(https://core.telegram.org/bots/api#sendpoll). All read on 2026-11-30.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

FEWEST_OPTIONS = 2
DAY, HOUR = 1440, 60
"""Minutes."""


@dataclass(frozen=True)
class Poll:
    """What readers choose among, in this order, for so many minutes; ``multiple``: as many of them as they like."""

    options: tuple[str, ...]
    minutes: int
    multiple: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return what :meth:`from_json` reads back, as JSON-serialisable data."""
        return {"options": list(self.options), "minutes": self.minutes, "multiple": self.multiple}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Poll | None:
        """Read what :meth:`as_json` wrote; None for none."""
        if not data:
            return None
        return cls(tuple(data["options"]), int(data["minutes"]), bool(data.get("multiple")))


@dataclass(frozen=True)
class PollLimits:
    """What a poll may be. ``unit``: what ``max_option_length`` counts: ``grapheme``, ``utf16`` or ``character`` (code points).

    ``max_question``: the length, in the network's unit, of a text that a poll stands beneath; None where it is any text's.
    """

    max_options: int
    max_option_length: int
    min_minutes: int
    max_minutes: int
    unit: str = "character"
    max_question: int | None = None

    @classmethod
    def from_json(cls, data: Any) -> PollLimits | None:
        """Read what ``dataclasses.asdict`` wrote; None where nothing usable was stored."""
        if not isinstance(data, Mapping):
            return None
        known = {item.name: data[item.name] for item in fields(cls) if item.name in data}
        try:
            return cls(**known)
        except TypeError:
            return None


@dataclass(frozen=True)
class Breach:
    """Something of a message that the network would refuse. ``code`` for programs, ``sentence`` for a person."""

    code: str
    sentence: str
    over: int = 0


def options_of(text: str) -> tuple[str, ...]:
    """The options that were typed, one on a line, in normal form; empty lines are none."""
    from smeditor.text.normal import normalise_whole  # a site starts without the tables of characters

    return tuple(line for typed in normalise_whole(text).split("\n") if (line := typed.strip()))


def duration_label(minutes: int) -> str:
    """``minutes`` as a person says it: whole days, else whole hours, else minutes; what is longer is cut to the unit."""
    if minutes % DAY == 0 or minutes > 2 * DAY:
        days = minutes // DAY
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if minutes % HOUR == 0 or minutes > 2 * HOUR:
        hours = minutes // HOUR
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def length_of(option: str, unit: str) -> int:
    """How long an option is, in ``unit``."""
    if unit == "grapheme":
        from smeditor.text.graphemes import grapheme_count

        return grapheme_count(option)
    if unit == "utf16":
        return len(option.encode("utf-16-le", "surrogatepass")) // 2
    return len(option)


def breaches(poll: Poll, limits: PollLimits) -> Iterator[Breach]:
    """All that a network with ``limits`` would refuse of ``poll`` by itself."""
    count = len(poll.options)
    if count < FEWEST_OPTIONS:
        yield Breach("poll_too_few", _("A poll needs at least two options, each on a line of its own."))
    if count > limits.max_options:
        sentence = _("The poll has too many options: at most %(limit)d.") % {"limit": limits.max_options}
        yield Breach("poll_too_many", sentence, count - limits.max_options)
    for number, option in enumerate(poll.options[: limits.max_options], 1):
        over = length_of(option, limits.unit) - limits.max_option_length
        if over > 0:
            params = {"number": number, "over": over, "limit": limits.max_option_length}
            sentence = _("Option %(number)d of the poll is too long by %(over)d: at most %(limit)d characters.")
            yield Breach("poll_option_too_long", sentence % params, over)
    twice = next((option for option, times in Counter(poll.options).items() if times > 1), None)
    if twice is not None:
        sentence = _("Two options of the poll are the same: “%(option)s”.") % {"option": twice[:80]}
        yield Breach("poll_options_equal", sentence)
    yield from _duration_breaches(poll.minutes, limits)


def _duration_breaches(minutes: int, limits: PollLimits) -> Iterator[Breach]:
    if limits.min_minutes <= minutes <= limits.max_minutes:
        return
    params = {"least": duration_label(limits.min_minutes), "most": duration_label(limits.max_minutes)}
    if limits.min_minutes == limits.max_minutes:
        sentence = _("A poll there always runs for %(most)s: choose that, or leave the account out.")
    else:
        sentence = _("A poll there runs for at least %(least)s and at most %(most)s.")
    yield Breach("poll_duration", sentence % params)
