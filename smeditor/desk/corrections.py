"""Correction requests: what is claimed, what the article says, the verdict, the erratum and the thanks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, NumberColumn, StatusTagColumn, Table, TitleColumn

from smeditor.desk.base import DeskListing, DeskPage
from smeditor.desk.inbox.cards import card_of, readable
from smeditor.desk.viewsets import ListingViewSet
from smeditor.insight.corrections.decisions import Decision, ErratumOutcome, adds_corrections, decide
from smeditor.listening.quotable import quotable
from smeditor.models import CorrectionRequest, Reaction
from smeditor.models.text_fields import NormalCharFormField
from smeditor.permissions.visibility import corrections_visible_to, reactions_visible_to
from smeditor.publishing import approval
from smeditor.publishing import corrections as post_corrections

Verdict = CorrectionRequest.Verdict
VIEW = ("smeditor.view_correctionrequest", "smeditor.change_correctionrequest")
CHANGE = "smeditor.change_correctionrequest"
ERRATA = {
    ErratumOutcome.DRAFTED: _("The erratum is in the article's draft. Publish the article to show it."),
    ErratumOutcome.NOT_OFFERED: _(
        "Put the erratum into the article yourself: the host offers no way to do it from here."
    ),
    ErratumOutcome.NOT_ALLOWED: _("You may not edit this article: ask somebody who may to put the erratum in."),
}


class CorrectionFilterSet(WagtailFilterSet):
    """By verdict and kind."""

    verdict = django_filters.ChoiceFilter(
        label=_("Verdict"), choices=Verdict.choices, empty_label=_("All"), widget=forms.RadioSelect
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=CorrectionRequest.Kind.choices, empty_label=_("All"), widget=forms.RadioSelect
    )

    class Meta:
        model = CorrectionRequest
        fields: list[str] = []


class CorrectionIndexView(DeskListing):
    """Claimed errors that this user may see, the newest first; those who claim the same are counted, not listed."""

    any_permission_required = VIEW
    model = CorrectionRequest
    page_title = _("Corrections")
    filterset_class = CorrectionFilterSet
    default_ordering = "-created_at"
    columns = [
        TitleColumn("__str__", label=capfirst(_("claim")), url_name="smeditor:correction"),
        Column("article", label=_("Article")),
        Column("get_kind_display", label=_("Kind")),
        NumberColumn("alike", label=capfirst(_("alike"))),
        StatusTagColumn(
            "get_verdict_display", label=_("Verdict"), primary=lambda correction: correction.verdict == Verdict.OPEN
        ),
        DateColumn("created_at", label=capfirst(_("since")), sort_key="created_at"),
    ]

    def get_base_queryset(self) -> QuerySet[CorrectionRequest]:
        """The first claim of each error."""
        return corrections_visible_to(self.request.user).filter(similar_to__isnull=True).select_related("article")

    def get_table(self, object_list: Iterable[CorrectionRequest]) -> Table:
        """Give each claim of this page ``alike``: how many others claim the same."""
        claims = list(object_list)
        others = corrections_visible_to(self.request.user).filter(similar_to__in=claims).order_by()
        found = dict(others.values_list("similar_to").annotate(n=Count("pk")))
        for claim in claims:
            vars(claim)["alike"] = found.get(claim.pk, 0)
        return super().get_table(claims)


class CorrectionListing(ListingViewSet):
    """The list of claimed errors."""

    icon = "edit"
    index_view_class = CorrectionIndexView


class VerdictForm(forms.Form):
    """The verdict, why, the erratum for the article and the answer to the reader."""

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
        """A claim that is declined needs a reason."""
        super().clean()
        data = self.cleaned_data
        if data.get("verdict") == Verdict.DECLINED and not data.get("reason", "").strip():
            self.add_error("reason", _("Say why there is nothing to correct."))
        return data


class Correction(DeskPage):
    """One claim: what readers say, what the article says, and the verdict."""

    any_permission_required = VIEW
    header_icon = "edit"
    page_title = _("Correction request")
    template_name = "smeditor/admin/corrections/correction.html"
    parents = ((reverse_lazy("smeditor:corrections"), _("Corrections")),)

    @cached_property
    def request_for(self) -> CorrectionRequest:
        """The claim that the address names. Raises Http404 when this user may not see it."""
        rows = corrections_visible_to(self.request.user).select_related("article", "decided_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def reactions(self) -> list[Reaction]:
        """The reader's own, and those who ask for the same, as far as they are still there: a verdict has that asked anew."""
        ids = [self.request_for.reaction_id, *self.request_for.similar.values_list("reaction_id", flat=True)]
        shown = quotable((key for key in ids if key), ask=self.request.method == "POST")
        return list(readable(reactions_visible_to(self.request.user).filter(pk__in=shown)).order_by("published_at"))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Decide, and submit the thanks for approval; what came of it is said in messages."""
        if not request.user.has_perm(CHANGE):
            messages.error(request, gettext("You may read, not decide."))
            return redirect("smeditor:correction", pk=self.request_for.pk)
        form = VerdictForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        with transaction.atomic():
            decision = decide(self.request_for, request.user, **form.cleaned_data, reactions=self.reactions)
            for post in decision.thanks:
                approval.submit(post, request.user)
        for sentence in sentences_of(self.request_for, decision):
            messages.success(request, sentence)
        article_key = self.request_for.article_id
        if decision.erratum is ErratumOutcome.NOT_OFFERED and article_key:
            self.correct_posts(article_key, form.cleaned_data["erratum"])
        return redirect("smeditor:correction", pk=self.request_for.pk)

    def correct_posts(self, article_key: int, erratum: str) -> None:
        """Open the tasks for the posts about the article: the host, which takes no erratum, will not tell of it."""
        opened = post_corrections.note(article_key, erratum, timezone.now(), user=self.request.user)
        if opened:
            sentence = ngettext("%(n)d post is to be corrected.", "%(n)d posts are to be corrected.", len(opened))
            messages.success(self.request, sentence % {"n": len(opened)})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the claim, the readers' cards, the form, and who may decide and edit the article."""
        correction, user = self.request_for, self.request.user
        initial = {"verdict": correction.verdict, "reason": correction.reason, "erratum": correction.erratum}
        context = {
            "correction": correction,
            "cards": [card_of(reaction, user) for reaction in self.reactions],
            "form": VerdictForm(initial=initial),
            "may_decide": user.has_perm(CHANGE),
            "edits_article": adds_corrections() and correction.article is not None,
            "article_url": reverse("wagtailadmin_pages:edit", args=[correction.article_id])
            if correction.article_id
            else "",
        }
        return super().get_context_data(**{**context, **kwargs})


def sentences_of(request: CorrectionRequest, decision: Decision) -> list[str]:
    """What a decision led to, in sentences for the one who decided."""
    done = [gettext("The verdict is kept: %(verdict)s.") % {"verdict": request.get_verdict_display()}]
    if decision.erratum is not None:
        done.append(str(ERRATA[decision.erratum]))
    if decision.thanks:
        done.append(gettext("The answer to the reader waits for approval under Posts."))
    return done
