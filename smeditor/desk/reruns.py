"""New rules on history: what they would change, applied when an editor says so, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, NumberColumn, Table, UserColumn

from smeditor.desk.base import ActionView, DeskPage, OperationView
from smeditor.desk.capped import capped_count, shown
from smeditor.desk.inbox.cards import Card, cards_of, readable
from smeditor.desk.tables import HashColumn, MomentColumn
from smeditor.desk.trained_models import HOME
from smeditor.insight.labels import rerun_history
from smeditor.insight.labels.rerun import LabelDifference, older_than, rerun
from smeditor.insight.triage import shipped
from smeditor.models import Label, Reaction, Rerun
from smeditor.permissions import PROMOTE_MODEL, VIEW_TRAINED_MODEL
from smeditor.permissions.visibility import reactions_visible_to

COMPARED = 400
"""The newest reactions of older rules that are read for the comparison."""
PAST_SHOWN = 20
"""Re-runs on the page, the newest ones."""
EXAMPLES = 3
"""Reactions for each label and each direction."""


class UndoColumn(Column):
    """The button that undoes a re-run, for who may; "undone" once it was."""

    cell_template_name = "smeditor/admin/cells/undo_rerun.html"

    def get_cell_context_data(self, instance: Rerun, parent_context: Any) -> dict[str, Any]:
        """The cell receives ``may_undo`` and the token that its form needs."""
        request = parent_context["request"]
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "csrf_token": get_token(request), "may_undo": request.user.has_perm(PROMOTE_MODEL)}


PAST = [
    HashColumn("version", label=_("Rules")),
    MomentColumn("at", label=_("When")),
    UserColumn("user", label=_("Who")),
    NumberColumn("read", label=_("Read")),
    NumberColumn("changed", label=_("Changed")),
    UndoColumn("undo", label=_("Undo")),
]
DIFFERENCES = [
    Column("label", label=_("Label")),
    NumberColumn("raised", label=_("would be added")),
    NumberColumn("lowered", label=_("would be taken off")),
]


class Reruns(DeskPage):
    """The difference between the rules in force and what history carries. Looking changes nothing."""

    any_permission_required = (VIEW_TRAINED_MODEL,)
    header_icon = "history"
    page_title = _("New rules on history")
    template_name = "smeditor/admin/reruns/reruns.html"
    parents = (HOME,)

    @cached_property
    def waiting(self) -> int:
        """Reactions that older rules labelled, as far as they are counted."""
        return capped_count(older_than(shipped().version))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the rules in force would change, unless a re-run is in work; the newest re-runs; whether one may apply."""
        in_work = Rerun.objects.filter(finished_at__isnull=True, undone_at__isnull=True).first()
        found = rerun(limit=COMPARED) if self.waiting and not in_work else None
        labels = self.labels(found.labels) if found else []
        queues = dict(Reaction.Queue.choices)
        past = Rerun.objects.select_related("user__wagtail_userprofile")[:PAST_SHOWN]
        return super().get_context_data(
            version=shipped().version,
            waiting=self.waiting,
            waiting_shown=shown(self.waiting),
            in_work=in_work,
            found=found,
            labels=labels,
            differences=Table(DIFFERENCES, labels, classname="listing sme-dense"),
            moves=[(queues[old], queues[new], n) for (old, new), n in found.queue_changes.most_common()]
            if found
            else [],
            past=Table(PAST, past, classname="listing sme-dense") if past else None,
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
    """The first ``EXAMPLES`` of the reactions ``ids`` that are among ``cards``."""
    return [cards[pk] for pk in ids if pk in cards][:EXAMPLES]


class Apply(ActionView):
    """Begin to apply the rules in force to what older rules labelled."""

    any_permission_required = (PROMOTE_MODEL,)
    after = reverse_lazy("smeditor:reruns")

    def perform(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """Go through the first ones at once; the sentence says whether the worker has to do the rest."""
        row = rerun_history.begin(request.user)
        done = ngettext(
            "The new rules are applied: %(n)d reaction changed.",
            "The new rules are applied: %(n)d reactions changed.",
            row.changed,
        ) % {"n": row.changed}
        rest = gettext("The worker does the rest.")
        return done if row.finished_at else f"{done} {rest}"


class UndoRerun(OperationView[Rerun]):
    """Give the reactions of a re-run their old labels back; it ends on the page of re-runs."""

    any_permission_required = (PROMOTE_MODEL,)
    model = Rerun

    def get_success_url(self) -> str:
        """The page that the form names, else that of the re-runs."""
        return self.next_url or reverse("smeditor:reruns")

    def perform_operation(self) -> None:
        """Undo it, but for what was read again or moved since."""
        back = rerun_history.undo(self.object, self.request.user)
        self.success_message = ngettext(
            "%(n)d reaction carries its old labels again.", "%(n)d reactions carry their old labels again.", back
        ) % {"n": back}
