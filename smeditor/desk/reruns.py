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

from smeditor.desk.base import ActionView, DeskPage
from smeditor.desk.inbox.cards import Card, cards_of, readable
from smeditor.desk.trained_models import HOME
from smeditor.insight.labels import rerun_history
from smeditor.insight.labels.rerun import LabelDifference, older_than, rerun
from smeditor.insight.triage import shipped
from smeditor.models import Label, Reaction, Rerun
from smeditor.permissions import PROMOTE_MODEL, VIEW_TRAINED_MODEL
from smeditor.permissions.visibility import reactions_visible_to

COMPARED = 1000
"""The newest reactions of older rules that are read for the comparison."""
EXAMPLES = 3


class Reruns(DeskPage):
    """The difference between the rules in force and what history carries. Looking changes nothing."""

    any_permission_required = (VIEW_TRAINED_MODEL,)
    header_icon = "history"
    page_title = _("New rules on history")
    template_name = "smeditor/admin/reruns/reruns.html"
    parents = (HOME,)

    @cached_property
    def waiting(self) -> int:
        return older_than(shipped().version).count()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        in_work = Rerun.objects.filter(finished_at__isnull=True, undone_at__isnull=True).first()
        found = rerun(limit=COMPARED) if self.waiting and not in_work else None
        queues = dict(Reaction.Queue.choices)
        return super().get_context_data(
            version=shipped().version,
            waiting=self.waiting,
            in_work=in_work,
            found=found,
            labels=self.labels(found.labels) if found else [],
            moves=[(queues[old], queues[new], n) for (old, new), n in found.queue_changes.most_common()]
            if found
            else [],
            past=Rerun.objects.select_related("user")[:20],
            may_apply=self.request.user.has_perm(PROMOTE_MODEL),
            **kwargs,
        )

    def labels(self, differences: dict[str, LabelDifference]) -> list[dict[str, Any]]:
        """Each label that changes, with examples that this user may see."""
        wanted = [
            pk
            for difference in differences.values()
            for pk in (*difference.raised_examples, *difference.lowered_examples)
        ]
        user = self.request.user
        rows = readable(reactions_visible_to(user).filter(pk__in=wanted))
        cards = {card.reaction.pk: card for card in cards_of(rows, user)}
        return [
            {
                "label": Label(label).label,
                "raised": difference.raised,
                "lowered": difference.lowered,
                "raised_cards": chosen(cards, difference.raised_examples),
                "lowered_cards": chosen(cards, difference.lowered_examples),
            }
            for label, difference in differences.items()
        ]


def chosen(cards: dict[int, Card], ids: Iterable[int]) -> list[Card]:
    return [cards[pk] for pk in ids if pk in cards][:EXAMPLES]


class RerunAction(ActionView):
    any_permission_required = (PROMOTE_MODEL,)

    def after_url(self) -> str:
        return reverse("smeditor:reruns")


class Apply(RerunAction):
    def perform(self, request: HttpRequest) -> str:
        row = rerun_history.begin(request.user)
        done = ngettext(
            "The new rules are applied: %(n)d reaction changed.",
            "The new rules are applied: %(n)d reactions changed.",
            row.changed,
        ) % {"n": row.changed}
        return done if row.finished_at else f"{done} {gettext('The worker does the rest.')}"


class UndoRerun(RerunAction):
    def perform(self, request: HttpRequest, pk: int) -> str:
        back = rerun_history.undo(get_object_or_404(Rerun, pk=pk), request.user)
        return ngettext(
            "%(n)d reaction carries its old labels again.", "%(n)d reactions carry their old labels again.", back
        ) % {"n": back}


urlpatterns = [
    path("reruns/", Reruns.as_view(), name="reruns"),
    path("reruns/apply/", Apply.as_view(), name="rerun_apply"),
    path("reruns/<id:pk>/undo/", UndoRerun.as_view(), name="rerun_undo"),
]
