"""Concerns: what several people raise. The board, and one concern's page."""

from __future__ import annotations

from collections import Counter
from typing import Any

import django_filters
from django import forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn, NumberColumn, StatusTagColumn, TitleColumn, UserColumn
from wagtail.admin.widgets.button import HeaderButton

from smeditor.articles.page_model import page_model
from smeditor.desk.base import DeskListing, DeskPage
from smeditor.desk.capped import capped_count, shown
from smeditor.desk.concern_forms import AssignForm, ConcernChoiceForm, ConcernLabelForm, DeclineForm, offered_to
from smeditor.desk.concern_questions import asked_pairs, visible_questions
from smeditor.desk.inbox.cards import Card, card_of, readable
from smeditor.desk.viewsets import ListingViewSet
from smeditor.insight.clustering.written_forms import written_forms
from smeditor.insight.concerns import asking, cross_language_matches
from smeditor.insight.concerns.quotable_labels import check_labels
from smeditor.insight.corrections.requests import quotable_claims
from smeditor.listening.quotable import quotable
from smeditor.models import Concern, ConcernEdit, ConcernMember, CorrectionRequest, Label, Reaction
from smeditor.models.full_text import CONCERNS
from smeditor.permissions import ANSWER_CONCERN, VIEW_CONCERN
from smeditor.permissions.visibility import (
    any_of,
    concerns_visible_to,
    corrections_visible_to,
    matches_visible_to,
    reactions_visible_to,
)

State = Concern.State
VIEW_CORRECTION = "smeditor.view_correctionrequest"
SHOWN_MEMBERS = 100
SPREAD_OVER = 1_000
"""Members by which it is told on which networks and under which articles a concern is raised: those most like the others."""
ARTICLES_SHOWN = 10
QUOTES_OF_A_SIDE = 2
ASKED = 3
"""Questions about a concern that its page shows."""
CRITICAL = {Label.CRITICISM, Label.ABUSE, Label.CALL_FOR_HELP}


class ConcernFilterSet(WagtailFilterSet):
    """Concerns by state, by whether they are one's own or nobody's, and by language."""

    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple, distinct=False
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

    def by_assignment(self, queryset: QuerySet[Concern], name: str, value: str) -> QuerySet[Concern]:
        """``value``: "me" for those of who asks, "nobody" for those that nobody has."""
        return queryset.filter(assigned_to=self.request.user if value == "me" else None)


class ConcernIndexView(DeskListing):
    """What readers keep raising, the most people first. What is still forming or declined is a filter away."""

    any_permission_required = (VIEW_CONCERN,)
    model = Concern
    page_title = _("Concerns")
    filterset_class = ConcernFilterSet
    is_searchable = True
    full_text = CONCERNS
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
        """The ways to the questions and to the proposals across languages, while there are any."""
        return [*self._questions_button(), *self._matches_button()]

    def _questions_button(self) -> list[HeaderButton]:
        waiting = capped_count(visible_questions(self.request.user))
        if not waiting:
            return []
        label = ngettext("%(n)s question", "%(n)s questions", waiting)
        return [
            HeaderButton(label % {"n": shown(waiting)}, url=reverse("smeditor:concern_questions"), icon_name="help")
        ]

    def _matches_button(self) -> list[HeaderButton]:
        waiting = cross_language_matches.open_ones().filter(pk__in=matches_visible_to(self.request.user)).count()
        if not waiting:
            return []
        label = ngettext("%(n)d proposal across languages", "%(n)d proposals across languages", waiting)
        return [HeaderButton(label % {"n": waiting}, url=reverse("smeditor:concern_matches"), icon_name="globe")]

    def get_base_queryset(self) -> QuerySet[Concern]:
        """The concerns that this user may see."""
        rows = concerns_visible_to(self.request.user).filter(merged_into__isnull=True)
        rows = rows.select_related("assigned_to__wagtail_userprofile")
        if "state" not in self.request.GET:
            rows = rows.exclude(state__in=[State.FORMING, State.DECLINED])
        return rows


class ConcernListing(ListingViewSet):
    """The board of concerns."""

    icon = "group"
    index_view_class = ConcernIndexView


def find(user: Any, pk: int) -> Concern:
    """The concern with this id, if ``user`` may see it; 404 else."""
    return get_object_or_404(concerns_visible_to(user).select_related("article", "assigned_to", "answered_by"), pk=pk)


class ConcernPage(DeskPage):
    """What a concern is about, who raised it, in whose words, and what editors did with it."""

    any_permission_required = (VIEW_CONCERN,)
    header_icon = "group"
    template_name = "smeditor/admin/concerns/concern.html"
    parents = ((reverse_lazy("smeditor:concerns"), _("Concerns")),)

    @cached_property
    def concern(self) -> Concern:
        """The concern of the address, without a label that quotes what the last check missed. Raises Http404."""
        concern = find(self.request.user, self.kwargs["pk"])
        check_labels([concern], ask=False)
        return concern

    def get_page_title(self) -> str:
        """What readers ask."""
        return str(self.concern)

    def members(self) -> list[tuple[Card, ConcernMember]]:
        """The reactions with why they are here, those most like the others first."""
        user = self.request.user
        first = list(central(self.concern, readable(reactions_visible_to(user)))[:SHOWN_MEMBERS])
        found = readable(reactions_visible_to(user)).order_by().in_bulk(first)
        return [(card_of(found[pk], user), found[pk].concern_member) for pk in first if pk in found]

    def shared_terms(self, members: list[tuple[Card, ConcernMember]]) -> list[str]:
        """What holds the concern together, as its readers write it."""
        return written_forms(
            self.concern.evidence.get("terms", []), [card.text for card, _member in members], self.concern.language
        )

    def editing_forms(self) -> dict[str, Any]:
        """What one who may answer it fills in: its name, who has it, where it or its reactions go, why not to answer."""
        concern, user = self.concern, self.request.user
        others = offered_to(user, concern.article_id, without=concern)
        return {
            "others": others,
            "label_form": ConcernLabelForm(initial={"label": concern.label}, auto_id="sme-concern-%s"),
            "assign_form": AssignForm(initial={"user": concern.assigned_to_id}, auto_id="sme-assign-%s"),
            "merge_form": ConcernChoiceForm(user=user, offered=others, auto_id="sme-merge-%s"),
            "move_form": ConcernChoiceForm(user=user, offered=others, auto_id="sme-move-%s"),
            "decline_form": DeclineForm(auto_id="sme-decline-%s"),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The concern with its members, quotes, spread and history; to who may answer it, the forms and the replies."""
        concern, user = self.concern, self.request.user
        members, quotes = quoted(self.members())
        may_answer = user.has_perm(ANSWER_CONCERN)
        edits = edits_of(concern, user).select_related("user", "concern", "other")
        return super().get_context_data(
            concern=concern,
            members=members,
            shared_terms=self.shared_terms(members),
            quotes=quotes,
            contested=contested(concern, user) if user.has_perm(VIEW_CORRECTION) else [],
            asked=asked_pairs(list(visible_questions(user).filter(pk__in=asking.questions_of(concern))[:ASKED]), user)
            if may_answer
            else [],
            bridges=cross_language_matches.open_ones(concern).filter(pk__in=matches_visible_to(user))[:5]
            if may_answer
            else [],
            may_reopen=may_answer and concern.state in {State.ANSWERED, State.DECLINED} and not concern.merged_into_id,
            edits=edits[:30],
            spread_over=SPREAD_OVER if concern.size > SPREAD_OVER else None,
            **spread(concern, reactions_visible_to(user)),
            replies=concern.posts.prefetch_related("deliveries__account").order_by("-pk")[:30] if may_answer else [],
            may_answer=may_answer,
            **(self.editing_forms() if may_answer else {}),
            **kwargs,
        )


def central(concern: Concern, reactions: QuerySet[Reaction]) -> QuerySet[ConcernMember, int]:
    """Those of :func:`most_alike` that are among ``reactions``: along an index, so that as many are read as are shown."""
    return most_alike(concern).filter(any_of(reactions.filter(pk=OuterRef("reaction"))))


def most_alike(concern: Concern) -> QuerySet[ConcernMember, int]:
    """The ids of the reactions that are members of ``concern``, those most like the others first."""
    members = ConcernMember.objects.filter(concern=concern).order_by("-similarity", "reaction_id")
    return members.values_list("reaction", flat=True)


def spread(concern: Concern, reactions: QuerySet[Reaction]) -> dict[str, Any]:
    """``networks`` as (name, number) and ``articles`` as {"pk", "title", "n"}: on what ``concern`` is raised, the most first.

    Of ``reactions``, and of the ``SPREAD_OVER`` members that are most alike.
    """
    rows = reactions.filter(pk__in=most_alike(concern)[:SPREAD_OVER]).order_by()
    networks: Counter[str] = Counter()
    articles: Counter[int] = Counter()
    for network, article, number in rows.values_list("network", "article").annotate(n=Count("pk")):
        networks[network] += number
        if article is not None:
            articles[article] += number
    most = dict(articles.most_common(ARTICLES_SHOWN))
    titles = dict(page_model().objects.filter(pk__in=most).values_list("pk", "title"))
    return {
        "networks": networks.most_common(),
        "articles": [{"pk": pk, "title": titles[pk], "n": number} for pk, number in most.items() if pk in titles],
    }


def quoted(
    members: list[tuple[Card, ConcernMember]],
) -> tuple[list[tuple[Card, ConcernMember]], list[tuple[Card, bool]]]:
    """Return the members and those of both sides who are quoted, without whom the last check missed."""
    asked = {card.reaction.pk for card, _critical in both_sides(members)}
    shown = quotable(asked, ask=False)
    members = [pair for pair in members if pair[0].reaction.pk not in asked - shown]
    return members, [pair for pair in both_sides(members) if pair[0].reaction.pk in shown]


def both_sides(members: list[tuple[Card, ConcernMember]]) -> list[tuple[Card, bool]]:
    """Quotes of different people, the most central first, of those who are critical and of the others.

    Each comes with whether it is a critical one. What is masked is quoted masked.
    """
    visible: set[int | str] = set()
    sides: dict[bool, list[Card]] = {True: [], False: []}
    for card, _member in members:
        person = card.reaction.reader_id or f"reaction:{card.reaction.pk}"
        critical = any(label.label in CRITICAL for label in card.labels)
        if person not in visible and len(sides[critical]) < QUOTES_OF_A_SIDE:
            visible.add(person)
            sides[critical].append(card)
    return [(card, critical) for critical in (False, True) for card in sides[critical]]


def edits_of(concern: Concern, user: Any) -> QuerySet[ConcernEdit]:
    """What editors did to ``concern``, as far as ``user`` may see the concern on the other side."""
    visible = concerns_visible_to(user)
    rows = ConcernEdit.objects.filter(Q(concern=concern) | Q(other=concern))
    rows = rows.filter(Exists(visible.filter(pk=OuterRef("concern"))))
    return rows.filter(Q(other__isnull=True) | Exists(visible.filter(pk=OuterRef("other"))))


def contested(concern: Concern, user: Any) -> list[CorrectionRequest]:
    """The passages of articles that the concern's members say are wrong."""
    rows = corrections_visible_to(user).filter(reaction__concern_member__concern=concern).exclude(passage="")
    return quotable_claims(rows.select_related("article").order_by("pk")[:5], ask=False)
