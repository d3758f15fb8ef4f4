"""Concerns: what several people raise. The board, one concern's page, and answering all who raised it."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.db.models import Count, F, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn, NumberColumn, StatusTagColumn, TitleColumn, UserColumn
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.widgets.button import HeaderButton

from smeditor.desk.base import ActionView, DeskListing, DeskPage
from smeditor.desk.inbox.cards import Card, card_of, readable
from smeditor.exceptions import SmeditorError
from smeditor.insight.clustering.written_forms import written_forms
from smeditor.insight.concerns import cross_language_matches, editing
from smeditor.insight.concerns.quotable_labels import check_labels
from smeditor.insight.corrections.requests import quotable_claims
from smeditor.listening.quotable import quotable
from smeditor.models import Concern, ConcernEdit, CorrectionRequest, Label
from smeditor.permissions import ANSWER_CONCERN, VIEW_CONCERN
from smeditor.permissions.people import by_name
from smeditor.permissions.visibility import (
    concerns_visible_to,
    corrections_visible_to,
    matches_visible_to,
    reactions_visible_to,
)
from smeditor.text.params import parse_id, parse_ids

State = Concern.State
VIEW_CORRECTION = "smeditor.view_correctionrequest"
SHOWN_MEMBERS = 100
QUOTES_OF_A_SIDE = 2
CRITICAL = {Label.CRITICISM, Label.ABUSE, Label.CALL_FOR_HELP}


class ConcernFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    mine = django_filters.ChoiceFilter(
        label=_("Assigned"),
        choices=[("me", _("to me")), ("nobody", _("to nobody"))],
        method="by_assignment",
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )
    language = django_filters.CharFilter(label=_("Language"), lookup_expr="istartswith", help_text=_("fr, en …"))

    class Meta:
        model = Concern
        fields: list[str] = []

    def by_assignment(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(assigned_to=self.request.user if value == "me" else None)


class Board(DeskListing):
    """What readers keep raising, the most people first. What is still forming or declined is a filter away."""

    any_permission_required = (VIEW_CONCERN,)
    model = Concern
    page_title = _("Concerns")
    header_icon = "group"
    index_url_name = "smeditor:concerns"
    index_results_url_name = "smeditor:concerns_results"
    filterset_class = ConcernFilterSet
    is_searchable = True
    search_fields = ["label"]
    default_ordering = "-people"
    columns = [
        TitleColumn("__str__", label=capfirst(_("what readers ask")), url_name="smeditor:concern"),
        NumberColumn("people", label=_("People"), sort_key="people"),
        NumberColumn("size", label=capfirst(_("reactions")), sort_key="size"),
        NumberColumn("articles", label=_("Articles")),
        NumberColumn("networks", label=_("Networks")),
        StatusTagColumn("get_state_display", label=_("State"), primary=lambda concern: concern.state == State.OPEN),
        UserColumn("assigned_to", label=_("Assigned to")),
        DateColumn("last_at", label=_("Last raised"), sort_key="last_at"),
    ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        waiting = cross_language_matches.open_ones().filter(pk__in=matches_visible_to(self.request.user)).count()
        if not waiting:
            return []
        label = ngettext("%(n)d proposal across languages", "%(n)d proposals across languages", waiting)
        return [HeaderButton(label % {"n": waiting}, url=reverse("smeditor:concern_matches"), icon_name="globe")]

    def get_base_queryset(self) -> Any:
        rows = concerns_visible_to(self.request.user).filter(merged_into__isnull=True)
        rows = rows.select_related("assigned_to__wagtail_userprofile")
        if "state" not in self.request.GET:
            rows = rows.exclude(state__in=[State.FORMING, State.DECLINED])
        reaction = "members__reaction__"
        return rows.annotate(
            articles=Count(f"{reaction}article", distinct=True), networks=Count(f"{reaction}network", distinct=True)
        )


def find(user: Any, pk: int) -> Concern:
    """The concern with this id, if ``user`` may see it; 404 else."""
    return get_object_or_404(concerns_visible_to(user).select_related("article", "assigned_to", "answered_by"), pk=pk)


class ConcernPage(DeskPage):
    any_permission_required = (VIEW_CONCERN,)
    header_icon = "group"
    template_name = "smeditor/admin/concerns/concern.html"
    parents = ((reverse_lazy("smeditor:concerns"), _("Concerns")),)

    @cached_property
    def concern(self) -> Concern:
        concern = find(self.request.user, self.kwargs["pk"])
        check_labels([concern])
        return concern

    def get_page_title(self) -> str:
        return str(self.concern)

    def members(self) -> list[tuple[Card, Any]]:
        """The reactions with why they are here, those most like the others first."""
        rows = readable(reactions_visible_to(self.request.user).filter(concern_member__concern=self.concern))
        rows = rows.order_by("-concern_member__similarity", "pk")[:SHOWN_MEMBERS]
        return [(card_of(reaction, self.request.user), reaction.concern_member) for reaction in rows]

    def shared_terms(self, members: list[tuple[Card, Any]]) -> list[str]:
        """What holds the concern together, as its readers write it."""
        return written_forms(
            self.concern.evidence.get("terms", []), [card.text for card, _member in members], self.concern.language
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        concern, user = self.concern, self.request.user
        members, quotes = quoted(self.members())
        may_answer = user.has_perm(ANSWER_CONCERN)
        edits = edits_of(concern, user).select_related("user", "concern", "other")
        spread = reactions_visible_to(user).filter(concern_member__concern=concern).order_by()
        return super().get_context_data(
            concern=concern,
            members=members,
            shared_terms=self.shared_terms(members),
            quotes=quotes,
            contested=contested(concern, user) if user.has_perm(VIEW_CORRECTION) else [],
            bridges=cross_language_matches.open_ones(concern).filter(pk__in=matches_visible_to(user))[:5]
            if may_answer
            else [],
            may_reopen=may_answer and concern.state in {State.ANSWERED, State.DECLINED} and not concern.merged_into_id,
            edits=edits[:30],
            networks=spread.values_list("network").annotate(n=Count("pk")).order_by("-n"),
            articles=spread.filter(article__isnull=False)
            .values("article_id", title=F("article__title"))
            .annotate(n=Count("pk"))
            .order_by("-n")[:10],
            replies=concern.posts.prefetch_related("deliveries__account").order_by("-pk")[:30] if may_answer else [],
            may_answer=may_answer,
            others=others(concern, user) if may_answer else [],
            people_to_assign=assignable() if may_answer else [],
            **kwargs,
        )


def quoted(members: list[tuple[Card, Any]]) -> tuple[list[tuple[Card, Any]], list[tuple[Card, bool]]]:
    """Return the members and those of both sides who are quoted, without whom the networks report gone just now."""
    asked = {card.reaction.pk for card, _critical in both_sides(members)}
    shown = quotable(asked)
    members = [pair for pair in members if pair[0].reaction.pk not in asked - shown]
    return members, [pair for pair in both_sides(members) if pair[0].reaction.pk in shown]


def both_sides(members: list[tuple[Card, Any]]) -> list[tuple[Card, bool]]:
    """Quotes of different people, the most central first, of those who are critical and of the others.

    Each comes with whether it is a critical one. What is masked is quoted masked.
    """
    visible: set[Any] = set()
    sides: dict[bool, list[Card]] = {True: [], False: []}
    for card, _member in members:
        person = card.reaction.reader_id or f"reaction:{card.reaction.pk}"
        critical = any(label.label in CRITICAL for label in card.labels)
        if person not in visible and len(sides[critical]) < QUOTES_OF_A_SIDE:
            visible.add(person)
            sides[critical].append(card)
    return [(card, critical) for critical in (False, True) for card in sides[critical]]


def edits_of(concern: Concern, user: Any) -> Any:
    """What editors did to ``concern``, as far as ``user`` may see the concern on the other side."""
    visible = concerns_visible_to(user).values("pk")
    rows = ConcernEdit.objects.filter(Q(concern=concern) | Q(other=concern))
    return rows.filter(concern__in=visible).filter(Q(other__isnull=True) | Q(other__in=visible))


def contested(concern: Concern, user: Any) -> list[CorrectionRequest]:
    """The passages of articles that the concern's members say are wrong."""
    rows = corrections_visible_to(user).filter(reaction__concern_member__concern=concern).exclude(passage="")
    return quotable_claims(rows.select_related("article").order_by("pk")[:5])


def others(concern: Concern, user: Any) -> list[Concern]:
    """Concerns that this one could be merged into, of the same article first."""
    rows = concerns_visible_to(user).filter(merged_into__isnull=True).exclude(pk=concern.pk).exclude(label="")
    newest = list(rows.exclude(state=State.DECLINED).order_by("-last_at")[:80])
    return sorted(newest, key=lambda candidate: candidate.article_id != concern.article_id)


def assignable() -> list[Any]:
    """The active users who may answer concerns, at most 200, by name."""
    return list(by_name(ModelBackend().with_perm(ANSWER_CONCERN))[:200])


class ConcernAction(ActionView):
    any_permission_required = (ANSWER_CONCERN,)

    def after_url(self) -> str:
        return reverse("smeditor:concern", args=[self.kwargs["pk"]])


class Rename(ConcernAction):
    def perform(self, request: HttpRequest, pk: int) -> str:
        editing.rename(find(request.user, pk), request.POST.get("label", "")[:300], request.user)
        return gettext("The concern has its new name.")


class Assign(ConcernAction):
    def perform(self, request: HttpRequest, pk: int) -> str:
        asked = request.POST.get("user", "")
        user = next((colleague for colleague in assignable() if str(colleague.pk) == asked), None) if asked else None
        editing.assign(find(request.user, pk), user, request.user)
        if user is None:
            return gettext("The concern is nobody's now.")
        return gettext("Assigned to %(who)s.") % {"who": get_user_display_name(user)}


class Merge(ConcernAction):
    def perform(self, request: HttpRequest, pk: int) -> str:
        into = chosen_concern(request)
        editing.merge(find(request.user, pk), into, request.user)
        self.kwargs["pk"] = into.pk
        return gettext("The two concerns are one now. You can undo this below.")


class Split(ConcernAction):
    def perform(self, request: HttpRequest, pk: int) -> str:
        ids = parse_ids(request.POST.getlist("reaction"))
        edit = editing.split(
            find(request.user, pk), reactions_visible_to(request.user).filter(pk__in=ids), request.user
        )
        self.kwargs["pk"] = edit.concern_id
        return gettext("The chosen reactions are a concern of their own now. You can undo this below.")


class Decline(ConcernAction):
    def perform(self, request: HttpRequest, pk: int) -> str:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            raise SmeditorError(gettext("Say why it will not be answered, so that colleagues know."))
        editing.decline(find(request.user, pk), reason[:500], request.user)
        return gettext("The concern is declined. You can undo this below.")


class Reopen(ConcernAction):
    def perform(self, request: HttpRequest, pk: int) -> str:
        editing.reopen(find(request.user, pk), request.user)
        return gettext("The concern is open again. You can undo this below.")


class MoveChosen(ConcernAction):
    """Put the chosen reactions of one concern into another."""

    @transaction.atomic
    def perform(self, request: HttpRequest, pk: int) -> str:
        into, concern = chosen_concern(request), find(request.user, pk)
        ids = parse_ids(request.POST.getlist("reaction"))
        reactions = list(reactions_visible_to(request.user).filter(pk__in=ids, concern_member__concern=concern))
        if not reactions:
            raise SmeditorError(gettext("Choose at least one reaction first."))
        for reaction in reactions:
            editing.move(reaction, into, request.user)
        return ngettext(
            "%(n)d reaction moved to “%(concern)s”.", "%(n)d reactions moved to “%(concern)s”.", len(reactions)
        ) % {
            "n": len(reactions),
            "concern": into,
        }


class UndoEdit(ConcernAction):
    def perform(self, request: HttpRequest, pk: int) -> str:
        edit = get_object_or_404(ConcernEdit, pk=pk)
        find(request.user, edit.concern_id)
        editing.undo(edit, request.user, timezone.now())
        self.kwargs["pk"] = edit.other_id or edit.concern_id
        if edit.operation not in {ConcernEdit.Operation.SPLIT, ConcernEdit.Operation.MOVE}:
            self.kwargs["pk"] = edit.concern_id
        return gettext("It is as it was before.")


class Take(ActionView):
    """Put one reaction into a concern by hand."""

    any_permission_required = (ANSWER_CONCERN,)

    def after_url(self) -> str:
        return reverse("smeditor:reaction", args=[self.kwargs["pk"]])

    def perform(self, request: HttpRequest, pk: int) -> str:
        into = chosen_concern(request)
        editing.move(get_object_or_404(reactions_visible_to(request.user), pk=pk), into, request.user)
        return gettext("It is in “%(concern)s” now.") % {"concern": into}


def chosen_concern(request: HttpRequest) -> Concern:
    known = concerns_visible_to(request.user).filter(merged_into__isnull=True)
    concern = known.filter(pk=parse_id(request.POST.get("into"))).first()
    if concern is None:
        raise SmeditorError(gettext("Choose a concern first."))
    return concern


def answered_sentence(drafts: int, mails: int) -> str:
    """What an answer to a concern has led to so far."""
    parts = [ngettext("%(n)d reply is prepared.", "%(n)d replies are prepared.", drafts) % {"n": drafts}]
    if mails:
        parts.append(ngettext("%(n)d mail went out.", "%(n)d mails went out.", mails) % {"n": mails})
    return " ".join(parts)


urlpatterns = [
    path("concerns/", Board.as_view(), name="concerns"),
    path("concerns/results/", Board.as_view(results_only=True), name="concerns_results"),
    path("concerns/<id:pk>/", ConcernPage.as_view(), name="concern"),
    path("concerns/<id:pk>/rename/", Rename.as_view(), name="concern_rename"),
    path("concerns/<id:pk>/assign/", Assign.as_view(), name="concern_assign"),
    path("concerns/<id:pk>/merge/", Merge.as_view(), name="concern_merge"),
    path("concerns/<id:pk>/split/", Split.as_view(), name="concern_split"),
    path("concerns/<id:pk>/move/", MoveChosen.as_view(), name="concern_move"),
    path("concerns/<id:pk>/reopen/", Reopen.as_view(), name="concern_reopen"),
    path("concerns/<id:pk>/decline/", Decline.as_view(), name="concern_decline"),
    path("concerns/undo/<id:pk>/", UndoEdit.as_view(), name="concern_undo"),
    path("inbox/<id:pk>/concern/", Take.as_view(), name="concern_take"),
]
