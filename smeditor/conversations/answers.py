"""Answering one reader: asked of their network first, so that nobody answers what its author has just taken back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from smeditor.exceptions import Refused
from smeditor.listening.quotable import quotable
from smeditor.models import Reaction


def require_presence(reaction: Reaction) -> None:
    """Raise :class:`~smeditor.exceptions.Refused` unless ``reaction`` is still there, as far as its network can say now.

    The network is asked where that was not done in the last ten minutes (DESIGN.md, law 4). What is missing since the
    last check, or was not seen for a day, counts as not there.
    """
    if reaction.pk not in quotable([reaction.pk]):
        raise Refused(
            _(
                "The message is not to be found on its network just now: perhaps its author took it back. Nothing was sent."
            )
        )
