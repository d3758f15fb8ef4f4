"""How networks have been seen to fail, and which of a day's messages meet which fault."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


class Fault(StrEnum):
    """What happens once to a message on its way."""

    ACCEPTS_THEN_TIMES_OUT = "accepts_then_times_out"
    FAILS_BUT_POSTS = "fails_but_posts"
    TIMES_OUT = "times_out"
    UNREACHABLE = "unreachable"
    RATE_LIMITED = "rate_limited"
    UNAUTHORISED = "unauthorised"
    REFUSED = "refused"
    SLOW_MEDIA = "slow_media"


LABELS: dict[Fault, StrOrPromise] = {
    Fault.ACCEPTS_THEN_TIMES_OUT: _("takes the post and never answers"),
    Fault.FAILS_BUT_POSTS: _("answers 500 and has published it"),
    Fault.TIMES_OUT: _("never answers and has published nothing"),
    Fault.UNREACHABLE: _("cannot be reached"),
    Fault.RATE_LIMITED: _("asks to wait: too many requests"),
    Fault.UNAUTHORISED: _("refuses the token (401)"),
    Fault.REFUSED: _("refuses the post"),
    Fault.SLOW_MEDIA: _("is at work on the media for a while"),
}
"""Each as the report says it, after "the network"."""
DOUBTFUL = (Fault.ACCEPTS_THEN_TIMES_OUT, Fault.FAILS_BUT_POSTS, Fault.TIMES_OUT)
"""Faults after which nobody knows whether the message is there."""
FREQUENT = (*DOUBTFUL, Fault.UNREACHABLE, Fault.RATE_LIMITED)
"""Those that any message may meet. A refused token and a refused post come once a day and account at most."""


@dataclass(frozen=True)
class Message:
    """One message of the day: on which account, what it says, whether media goes with it."""

    account: int
    text: str
    media: bool = False


def plan(messages: Sequence[Message], share: float, seed: int) -> dict[tuple[int, str], Fault]:
    """Which of ``messages`` meets which fault, by account and text; ``share`` of them (0 to 1), the same for one ``seed``.

    Media is always slow. Of each account with enough to send one message is met by a refused token and one is refused.
    """
    chance = random.Random(seed)  # noqa: S311 - a rehearsal that can be repeated, no secret
    faults: dict[tuple[int, str], Fault] = {}
    for number, message in enumerate(messages):
        if message.media:
            faults[message.account, message.text] = Fault.SLOW_MEDIA
        elif chance.random() < share:
            faults[message.account, message.text] = FREQUENT[number % len(FREQUENT)]
    for account in sorted({message.account for message in messages}) if share else []:
        free = [m for m in messages if m.account == account and (m.account, m.text) not in faults]
        if len(free) >= ENOUGH:
            for fault, message in zip((Fault.UNAUTHORISED, Fault.REFUSED), chance.sample(free, 2), strict=True):
                faults[account, message.text] = fault
    return faults


ENOUGH = 8
"""Messages of an account without a fault from which on one meets a refused token, and one is refused."""
