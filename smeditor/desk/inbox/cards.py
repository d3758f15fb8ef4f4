"""What a card of a reaction shows: the masked words first, the labels with their reasons, the place it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from smeditor.insight.clustering.written_forms import written_forms
from smeditor.insight.triage.semantic import EXAMPLE
from smeditor.models import Reaction, ReactionLabel
from smeditor.networks.base import Presence
from smeditor.networks.kinds import WITHOUT_TEXT
from smeditor.permissions import MODERATE_REACTION


@dataclass
class Card:
    """One reaction as a user may see it.

    ``text``: its words, masked where something in them is; ``hidden``: those behind the mask, "" when there is no mask or
    no right to see them. ``labels``: those that apply.
    """

    reaction: Reaction
    text: str
    hidden: str
    masked: bool
    author: str
    labels: list[ReactionLabel]
    others: int = 0

    @property
    def spans(self) -> list[list[Any]]:
        """The words that raised labels, unless the shown text is a masked one that they do not fit.

        What resembles an example does so as a whole: no words of it are marked.
        """
        spans = [span for label in self.labels for span in label.evidence]
        return [] if self.masked else [span for span in spans if not span[2].startswith(EXAMPLE)]

    @property
    def concern_terms(self) -> list[str]:
        """Why the reaction lies in its concern: its own words behind the terms that it shares with the others."""
        content = written_forms(self.reaction.concern_member.evidence, [self.text], self.reaction.language)
        return [word for word in content if word in self.text] if self.masked else content


def readable(queryset: QuerySet[Reaction]) -> QuerySet[Reaction]:
    """Reactions whose content may be shown, with all that a card shows in a fixed number of queries.

    What its author deleted is not among them, also where a legal hold keeps it.
    """
    rows = queryset.filter(content__isnull=False).exclude(presence=Presence.DELETED.value)
    return (
        rows.exclude(kind__in=WITHOUT_TEXT)
        .select_related("content", "article", "account", "source", "reader", "conversation__assigned_to")
        .select_related("conversation__answered_by", "concern_member__concern")
        .prefetch_related(Prefetch("labels", queryset=ReactionLabel.objects.order_by("pk")))
    )


def card_of(reaction: Reaction, user: Any) -> Card:
    """What ``user`` may see of ``reaction``, which was read with :func:`readable`."""
    content = reaction.content
    masked = bool(content.masked) and content.masked != content.text
    return Card(
        reaction=reaction,
        text=content.masked if masked else content.text,
        hidden=content.text if masked and user.has_perm(MODERATE_REACTION) else "",
        masked=masked,
        author=content.author_handle or content.author_name,
        labels=[label for label in reaction.labels.all() if label.present],
    )


def cards_of(reactions: Iterable[Reaction], user: Any) -> list[Card]:
    """What ``user`` may see of each of ``reactions``, which were read with :func:`readable`; in their order."""
    return [card_of(reaction, user) for reaction in reactions]
