"""New rules on history: what they would change, applied when an editor says so, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from smeditor.desk.base import Act, DeskPage
from smeditor.desk.inbox.cards import Card, cards_of, readable
from smeditor.desk.learned import HOME
from smeditor.insight import replays
from smeditor.insight.replay import FlagDifference, older_than, replay
from smeditor.insight.triage import shipped
from smeditor.models import Flag, Reaction, Replay
from smeditor.permissions import PROMOTE_MODEL, VIEW_LEARNED
from smeditor.permissions.visibility import reactions_visible_to

COMPARED = 1000
"""The newest reactions of older rules that are read for the comparison."""
EXAMPLES = 3


class Replays(DeskPage):
    """The difference between the rules in force and what history carries. Looking changes nothing."""

    any_permission = (VIEW_LEARNED,)
    header_icon = "history"
    page_title = _("New rules on history")
    template_name = "smeditor/admin/replays/replays.html"
    parents = (HOME,)

    @cached_property
    def waiting(self) -> int:
        return older_than(shipped().version).count()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        in_work = Replay.objects.filter(finished_at__isnull=True, undone_at__isnull=True).first()
        found = replay(limit=COMPARED) if self.waiting and not in_work else None
        trays = dict(Reaction.Tray.choices)
        return super().get_context_data(
            version=shipped().version,
            waiting=self.waiting,
            in_work=in_work,
            found=found,
            flags=self.flags(found.flags) if found else [],
            moves=[(trays[old], trays[new], n) for (old, new), n in found.moves.most_common()] if found else [],
            past=Replay.objects.select_related("user")[:20],
            may_apply=self.request.user.has_perm(PROMOTE_MODEL),
            **kwargs,
        )

    def flags(self, differences: dict[str, FlagDifference]) -> list[dict[str, Any]]:
        """Each label that changes, with examples that this user may see."""
        wanted = [pk for one in differences.values() for pk in (*one.raised_examples, *one.lowered_examples)]
        user = self.request.user
        rows = readable(reactions_visible_to(user).filter(pk__in=wanted))
        cards = {card.reaction.pk: card for card in cards_of(rows, user)}
        return [
            {
                "label": Flag(flag).label,
                "raised": one.raised,
                "lowered": one.lowered,
                "raised_cards": chosen(cards, one.raised_examples),
                "lowered_cards": chosen(cards, one.lowered_examples),
            }
            for flag, one in differences.items()
        ]


def chosen(cards: dict[int, Card], ids: Iterable[int]) -> list[Card]:
    return [cards[pk] for pk in ids if pk in cards][:EXAMPLES]


class ReplayAct(Act):
    any_permission = (PROMOTE_MODEL,)

    def after_url(self) -> str:
        return reverse("smeditor:replays")


class Apply(ReplayAct):
    def act(self, request: HttpRequest) -> str:
        row = replays.begin(request.user)
        done = ngettext(
            "The new rules are applied: %(n)d reaction changed.",
            "The new rules are applied: %(n)d reactions changed.",
            row.changed,
        ) % {"n": row.changed}
        return done if row.finished_at else f"{done} {gettext('The worker does the rest.')}"


class UndoReplay(ReplayAct):
    def act(self, request: HttpRequest, pk: int) -> str:
        back = replays.undo(get_object_or_404(Replay, pk=pk), request.user)
        return ngettext(
            "%(n)d reaction carries its old labels again.", "%(n)d reactions carry their old labels again.", back
        ) % {"n": back}


urlpatterns = [
    path("replays/", Replays.as_view(), name="replays"),
    path("replays/apply/", Apply.as_view(), name="replay_apply"),
    path("replays/<id:pk>/undo/", UndoReplay.as_view(), name="replay_undo"),
]
