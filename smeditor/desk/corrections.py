"""Correction requests: what is claimed, what the article says, the verdict, the erratum and the thanks."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, NumberColumn, StatusTagColumn, TitleColumn
from wagtail.log_actions import log

from smeditor.articles import article_adapter
from smeditor.conversations.concern_answers import draft_reply
from smeditor.desk.base import DeskListing, DeskPage
from smeditor.desk.inbox.answer import why_not
from smeditor.desk.inbox.cards import card_of, readable
from smeditor.desk.posts.approving import submit
from smeditor.listening.quotable import quotable
from smeditor.models import CorrectionRequest, Reaction
from smeditor.models.text_fields import NormalCharFormField
from smeditor.permissions import scope
from smeditor.permissions.visibility import corrections_visible_to, reactions_visible_to

Verdict = CorrectionRequest.Verdict
VIEW = ("smeditor.view_correctionrequest", "smeditor.change_correctionrequest")
CHANGE = "smeditor.change_correctionrequest"


class CorrectionFilterSet(WagtailFilterSet):
    verdict = django_filters.ChoiceFilter(
        label=_("Verdict"), choices=Verdict.choices, empty_label=_("All"), widget=forms.RadioSelect
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=CorrectionRequest.Kind.choices, empty_label=_("All"), widget=forms.RadioSelect
    )

    class Meta:
        model = CorrectionRequest
        fields: list[str] = []


class Corrections(DeskListing):
    any_permission = VIEW
    model = CorrectionRequest
    page_title = _("Corrections")
    header_icon = "edit"
    index_url_name = "smeditor:corrections"
    index_results_url_name = "smeditor:corrections_results"
    filterset_class = CorrectionFilterSet
    default_ordering = "-created_at"
    columns = [
        TitleColumn("__str__", label=_("claim"), url_name="smeditor:correction"),
        Column("article", label=_("article")),
        Column("get_kind_display", label=_("kind")),
        NumberColumn("alike", label=_("alike")),
        StatusTagColumn("get_verdict_display", label=_("verdict"), primary=lambda one: one.verdict == Verdict.OPEN),
        DateColumn("created_at", label=_("since"), sort_key="created_at"),
    ]

    def get_base_queryset(self) -> Any:
        seen = corrections_visible_to(self.request.user)
        rows = seen.filter(similar_to__isnull=True).select_related("article")
        return rows.annotate(alike=Count("similar", filter=Q(similar__in=seen.values("pk"))))


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=[(Verdict.FIXED, _("corrected")), (Verdict.DECLINED, _("nothing to correct"))],
        widget=forms.RadioSelect,
    )
    reason = NormalCharFormField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    erratum = NormalCharFormField(
        label=_("Erratum"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_(
            "What the readers of the article are told. It goes into the article's draft, never live by itself."
        ),
    )
    thanks = NormalCharFormField(
        label=_("Answer to the reader"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_("A draft: it goes out when it is approved."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("verdict") == Verdict.DECLINED and not data.get("reason", "").strip():
            self.add_error("reason", _("Say why there is nothing to correct."))
        return data


class Correction(DeskPage):
    any_permission = VIEW
    header_icon = "edit"
    page_title = _("Correction request")
    template_name = "smeditor/admin/corrections/correction.html"
    parents = ((reverse_lazy("smeditor:corrections"), _("Corrections")),)

    @cached_property
    def request_for(self) -> CorrectionRequest:
        rows = corrections_visible_to(self.request.user).select_related("article", "decided_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def reactions(self) -> list[Reaction]:
        """The reader's own, and those who ask for the same, as far as they are still there."""
        ids = [self.request_for.reaction_id, *self.request_for.similar.values_list("reaction_id", flat=True)]
        shown = quotable(key for key in ids if key)
        return list(readable(reactions_visible_to(self.request.user).filter(pk__in=shown)).order_by("published_at"))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(CHANGE):
            messages.error(request, gettext("You may read, not decide."))
            return redirect("smeditor:correction", pk=self.request_for.pk)
        form = VerdictForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        for sentence in decide(self.request_for, form.cleaned_data, self.reactions, request.user):
            messages.success(request, sentence)
        return redirect("smeditor:correction", pk=self.request_for.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, user = self.request_for, self.request.user
        initial = {"verdict": one.verdict, "reason": one.reason, "erratum": one.erratum}
        context = {
            "correction": one,
            "cards": [card_of(reaction, user) for reaction in self.reactions],
            "form": VerdictForm(initial=initial),
            "may_decide": user.has_perm(CHANGE),
            "edits_article": adds_corrections() and one.article is not None,
            "article_url": reverse("wagtailadmin_pages:edit", args=[one.article_id]) if one.article_id else "",
        }
        return super().get_context_data(**{**context, **kwargs})


def adds_corrections() -> bool:
    """Whether the host lets the desk put an erratum into an article's draft."""
    return hasattr(article_adapter(), "add_correction")


@transaction.atomic
def decide(one: CorrectionRequest, data: dict[str, Any], reactions: list[Reaction], user: Any) -> list[str]:
    """Keep the verdict, put the erratum into the article's draft, draft the thanks. Returns what was done, in sentences."""
    fresh = one.erratum != data["erratum"]
    one.verdict, one.reason, one.erratum = data["verdict"], data["reason"], data["erratum"]
    one.decided_by, one.decided_at = user, timezone.now()
    done = [gettext("The verdict is kept: %(verdict)s.") % {"verdict": one.get_verdict_display()}]
    if one.verdict == Verdict.FIXED and one.erratum.strip() and fresh and one.article is not None:
        done.append(put_erratum(one, user))
    if data["thanks"].strip():
        drafts = [draft_reply(reaction, data["thanks"], "", user) for reaction in answerable(reactions, user)]
        for post in drafts:
            submit(post, user)
        if drafts:
            one.thanked_at = timezone.now()
            done.append(gettext("The answer to the reader waits for approval under Posts."))
    one.save()
    one.similar.update(verdict=one.verdict, reason=one.reason, decided_by=user, decided_at=one.decided_at)
    log(instance=one, action="smeditor.correction_decided", user=user, data={"verdict": one.verdict})
    return done


def put_erratum(one: CorrectionRequest, user: Any) -> str:
    """Put the erratum into the article's draft where the host and the user's rights allow it. Returns what was done."""
    if not adds_corrections():
        return gettext("Put the erratum into the article yourself: the host offers no way to do it from here.")
    if not one.article.permissions_for_user(user).can_edit():
        return gettext("You may not edit this article: ask somebody who may to put the erratum in.")
    article_adapter().add_correction(one.article.specific, one.erratum, user)
    return gettext("The erratum is in the article's draft. Publish the article to show it.")


def answerable(reactions: list[Reaction], user: Any) -> list[Reaction]:
    """Those whom ``user`` may thank in their own thread."""
    return [one for one in reactions if one.account_id and not why_not(one) and scope.acts_for(user, one.account)]


urlpatterns = [
    path("corrections/", Corrections.as_view(), name="corrections"),
    path("corrections/results/", Corrections.as_view(results_only=True), name="corrections_results"),
    path("corrections/<id:pk>/", Correction.as_view(), name="correction"),
]
