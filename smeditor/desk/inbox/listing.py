"""The inbox as a universal listing of cards, a queue at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import Case, F, OuterRef, QuerySet, When
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets.button import HeaderButton

from smeditor.desk.base import DeskListing
from smeditor.desk.capped import capped_count, shown
from smeditor.desk.fields import DayRange
from smeditor.desk.inbox import labels, queues
from smeditor.desk.inbox.bulk import offered_actions
from smeditor.desk.inbox.cards import Card, cards_of, readable
from smeditor.desk.inbox.forms import LabelForm
from smeditor.desk.viewsets import ListingViewSet
from smeditor.models import Conversation, Label, Reaction, ReactionLabel, ReactionText
from smeditor.models.accounts import network_choices
from smeditor.models.full_text import REACTIONS
from smeditor.models.reactions import KIND_LABELS, ORIGIN_LABELS
from smeditor.networks.base import Presence
from smeditor.networks.kinds import WITHOUT_TEXT
from smeditor.permissions import ANSWER_REACTION, MODERATE_REACTION, SEAL_TIP, VIEW_REACTION
from smeditor.permissions.visibility import any_of, reactions_visible_to

EVERYTHING = "all"
Queue = Reaction.Queue
SHOWN_TEXT = Case(When(content__masked="", then=F("content__text")), default=F("content__masked"))
"""What a card shows: a search finds nothing that is masked, so that nobody guesses a masked word."""
KINDS = [(kind.value, label) for kind, label in KIND_LABELS.items() if kind.value not in WITHOUT_TEXT]


def networks() -> list[tuple[str, StrOrPromise]]:
    """Where a reaction may have come from, as choices."""
    return [*network_choices(), *ORIGIN_LABELS.items()]


def unanswered(reactions: QuerySet[Reaction]) -> QuerySet[Reaction]:
    """Without what the desk has answered: it waits for nobody."""
    return reactions.exclude(conversation__state=Conversation.State.ANSWERED)


class ReactionFilterSet(WagtailFilterSet):
    """By label, answer, network, kind, language, day and article."""

    label = django_filters.MultipleChoiceFilter(
        label=_("Label"), choices=Label.choices, method="by_label", widget=forms.CheckboxSelectMultiple
    )
    waiting = django_filters.ChoiceFilter(
        label=_("Answer"),
        choices=[
            ("waiting", _("waiting")),
            ("mine", _("assigned to me")),
            ("answered", _("answered")),
            (EVERYTHING, _("all, with what was answered")),
        ],
        method="by_waiting",
        empty_label=_("all but what was answered"),
        widget=forms.RadioSelect,
    )
    network = django_filters.MultipleChoiceFilter(
        label=_("Network"), choices=networks, widget=forms.CheckboxSelectMultiple, distinct=False
    )
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind"), choices=KINDS, widget=forms.CheckboxSelectMultiple, distinct=False
    )
    language = django_filters.CharFilter(label=_("Language"), lookup_expr="istartswith", help_text=_("fr, en …"))
    published_at = django_filters.DateFromToRangeFilter(label=_("Written"), widget=DayRange)
    article = django_filters.NumberFilter(label=_("Article (number)"), field_name="article_id")

    class Meta:
        model = Reaction
        fields: list[str] = []

    def by_label(self, queryset: QuerySet[Reaction], name: str, value: list[str]) -> QuerySet[Reaction]:
        """Those of ``queryset`` to which one of the labels ``value`` applies; all where none is chosen."""
        labels = ReactionLabel.objects.filter(reaction=OuterRef("pk"), label__in=value, present=True)
        return queryset.filter(any_of(labels, "reaction")) if value else queryset

    def by_waiting(self, queryset: QuerySet[Reaction], name: str, value: str) -> QuerySet[Reaction]:
        """Those of ``queryset`` whose thread waits, is answered, or is the user's own."""
        if value == EVERYTHING:
            return queryset
        if value == "mine":
            return queryset.filter(conversation__assigned_to=self.request.user)
        states = {"waiting": Conversation.State.OPEN, "answered": Conversation.State.ANSWERED}
        return queryset.filter(conversation__state=states[value])


class Inbox(DeskListing):
    """What readers wrote, a queue at a time: cards, and above them the bar for those that one chooses."""

    any_permission_required = (VIEW_REACTION,)
    model = Reaction
    page_title = _("Inbox")
    template_name = "smeditor/admin/inbox/inbox.html"
    results_template_name = "smeditor/admin/inbox/results.html"
    filterset_class = ReactionFilterSet
    is_searchable = True
    full_text, full_text_path = REACTIONS, "content__"
    search_fields = ["shown_text", "content__author_handle"]
    paginate_by = 25

    @cached_property
    def queue(self) -> str:
        """The queue that was asked for, if this user may open it; else the inbox."""
        asked = self.request.GET.get("queue", "")
        return asked if asked in self.queues() else Queue.INBOX

    def queues(self) -> list[str]:
        """The queues that this user may open: the protected one is for those who moderate."""
        protected_queue = self.request.user.has_perm(MODERATE_REACTION)
        return [queue for queue in Queue.values if queue != Queue.PROTECTED or protected_queue]

    def get_base_queryset(self) -> QuerySet[Reaction]:
        """What this user may see in the queue, the newest first; what is answered is left out of the inbox unless asked for.

        Keys alone: what a card shows is joined to the rows of one page, and not to all that are leafed over.
        """
        rows = self.lying_in(self.queue).only("pk").order_by("-published_at", "-pk")
        if self.is_searching:
            rows = rows.alias(shown_text=SHOWN_TEXT)
        asked = self.request.GET.get("waiting") or self.is_searching
        return rows if asked or self.queue != Queue.INBOX else unanswered(rows)

    def count_of(self, queue: str) -> int:
        """How many reactions with words lie in a queue, as far as its tab tells; in the inbox, those that wait.

        Counted along their index: for a thousand rows out of order PostgreSQL begins two more processes.
        """
        rows = self.lying_in(queue).order_by("-published_at")
        return capped_count(unanswered(rows) if queue == Queue.INBOX else rows, in_order=True)

    def lying_in(self, queue: str) -> QuerySet[Reaction]:
        """What this user may see in a queue and that has words to show.

        Whether it has them is looked up in their index: joined, PostgreSQL reads each text, with two more processes.
        """
        has_text = any_of(ReactionText.objects.filter(reaction=OuterRef("pk")), "reaction")
        rows = reactions_visible_to(self.request.user).filter(has_text, queue=queue, kind__in=Reaction.KINDS_WITH_TEXT)
        return rows.exclude(presence=Presence.DELETED.value)

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """To the possible tips, for those who may seal one."""
        if not self.request.user.has_perm(SEAL_TIP):
            return []
        return [HeaderButton(_("Possible tips"), url=reverse("smeditor:tip_queue"), icon_name="key")]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The page receives a card for each reaction, the queues as ``tabs`` with their numbers, and the bar's actions.

        ``undoable`` and ``unlabelled`` are how many reactions this session's last move and label can be taken back from.
        """
        context = super().get_context_data(*args, **kwargs)
        user = self.request.user
        names = dict(Queue.choices)
        context["cards"] = self.cards(reaction.pk for reaction in context["object_list"])
        context["queue"] = self.queue
        context["tabs"] = [(queue, names[queue], shown(self.count_of(queue))) for queue in self.queues()]
        context["here"] = f"{self.index_url}?{self.request.GET.urlencode()}"
        context["may_answer"] = user.has_perm(ANSWER_REACTION)
        context["bulk_actions"] = offered_actions(user, self.queue)
        context["may_seal"] = user.has_perm(SEAL_TIP)
        context["label_form"] = LabelForm(auto_id="sme-bulk-%s")
        context["undoable"] = queues.last(self.request)
        context["unlabelled"] = labels.last(self.request)
        return context

    def cards(self, keys: Iterable[int]) -> list[Card]:
        """The cards of the reactions with these ``keys``, in their order."""
        in_order, user = list(keys), self.request.user
        found = readable(reactions_visible_to(user)).in_bulk(in_order)
        return cards_of((found[key] for key in in_order if key in found), user)


class InboxViewSet(ListingViewSet):
    """The inbox at its address."""

    icon = "mail"
    index_view_class = Inbox
