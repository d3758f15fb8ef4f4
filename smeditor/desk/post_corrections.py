"""Posts to correct: one task for each post that says it wrong, what can be done about it there, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, Table, TitleColumn

from smeditor.articles import is_article
from smeditor.articles.page_model import page_model
from smeditor.desk.base import DeskListing, DeskPage, OperationView, Parents
from smeditor.desk.viewsets import ListingViewSet
from smeditor.models import PostCorrection
from smeditor.models.desks import acts_for_desks
from smeditor.models.text_fields import NormalCharFormField
from smeditor.permissions import CHANGE_CORRECTION, PUBLISH_POST, RESOLVE_DELIVERY, VIEW_DELIVERY, scope
from smeditor.permissions.visibility import post_corrections_visible_to
from smeditor.publishing import corrections, remedies
from smeditor.publishing.remedy_options import Option, Remedy, best, options
from smeditor.wakeup import wake

State = PostCorrection.State
LIST = reverse_lazy("smeditor:post_corrections")
ONE_CLICK = {Remedy.EDIT, Remedy.REPLY}
"""They write a draft that somebody approves; what deletes is asked once more on the task's own page."""


class PostCorrectionFilterSet(WagtailFilterSet):
    """By state and cause; without a state: what is still to be done."""

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=State.choices, empty_label=_("still to be done"), widget=forms.RadioSelect
    )
    cause = django_filters.ChoiceFilter(
        label=capfirst(_("cause")), choices=PostCorrection.Cause.choices, empty_label=_("All"), widget=forms.RadioSelect
    )
    article = django_filters.NumberFilter(label=_("Article"), field_name="article_key", widget=forms.HiddenInput)

    class Meta:
        model = PostCorrection
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[PostCorrection]) -> QuerySet[PostCorrection]:
        """What is closed stays out unless its state is asked for."""
        if not self.form.cleaned_data.get("state"):
            queryset = queryset.filter(closed_at__isnull=True)
        return super().filter_queryset(queryset)


class ProposalColumn(Column):
    """The remedy that the desk proposes, why, and the button that begins it; of what is closed, what came of it."""

    cell_template_name = "smeditor/admin/cells/correction_proposal.html"

    def get_cell_context_data(self, instance: PostCorrection, parent_context: Any) -> dict[str, Any]:
        """The cell receives the ``proposal``, whether this user may begin it here, and the token of its form."""
        context = super().get_cell_context_data(instance, parent_context)
        request = parent_context["request"]
        proposal = best(instance, timezone.now()) if instance.state == State.OPEN else None
        may = (
            proposal is not None
            and vars(instance)["own"]
            and proposal.remedy in ONE_CLICK
            and may_begin(request.user, proposal.remedy)
        )
        return {**context, "proposal": proposal, "may_begin": may, "csrf_token": get_token(request)}


class PostCorrectionIndexView(DeskListing):
    """The tasks that this user may see, the newest first."""

    any_permission_required = (VIEW_DELIVERY,)
    model = PostCorrection
    page_title = _("Posts to correct")
    filterset_class = PostCorrectionFilterSet
    default_ordering = "-opened_at"
    columns = [
        TitleColumn("delivery", label=_("Post"), url_name="smeditor:post_correction"),
        Column("what", label=_("What is wrong"), accessor=lambda task: what_is_wrong(task), classname="sme-sentence"),
        ProposalColumn("proposal", label=_("What to do")),
        StatusTagColumn("get_state_display", label=_("State"), primary=lambda task: task.is_open),
        DateColumn("opened_at", label=capfirst(_("since")), sort_key="opened_at"),
    ]

    def get_base_queryset(self) -> QuerySet[PostCorrection]:
        """Each with what its row shows."""
        return whole(post_corrections_visible_to(self.request.user))

    def get_table(self, object_list: Iterable[PostCorrection]) -> Table:
        """Give each task of this page ``own``: whether this user acts for its account."""
        tasks = list(object_list)
        desks = acts_for_desks(self.request.user, [task.delivery.account.desk_id for task in tasks])
        for task in tasks:
            vars(task)["own"] = task.delivery.account.desk_id in desks
        return super().get_table(tasks)


class PostCorrectionListing(ListingViewSet):
    """The list of posts to correct."""

    icon = "edit"
    index_view_class = PostCorrectionIndexView


def whole(tasks: QuerySet[PostCorrection]) -> QuerySet[PostCorrection]:
    """``tasks`` with what is shown of each."""
    return tasks.select_related("delivery__post", "delivery__account__desk", "erratum", "decided_by", "post")


def what_is_wrong(task: PostCorrection) -> str:
    """The correction in its own words, or that the article is not on the site any more."""
    return task.erratum.text if task.erratum else gettext("Its article was unpublished.")


def may_begin(user: Any, remedy: str) -> bool:
    """Whether ``user`` may begin ``remedy`` at their own desk: to delete, who approves; all else, who decides on deliveries."""
    return user.has_perm(PUBLISH_POST if remedy in (Remedy.DELETE, Remedy.REPLACE) else RESOLVE_DELIVERY)


class PostCorrectionPage(DeskPage):
    """One task: the correction, the post as it was approved, every remedy with its reason, and the decision to leave it."""

    any_permission_required = (VIEW_DELIVERY,)
    header_icon = "edit"
    template_name = "smeditor/admin/post_corrections/task.html"
    parents: Parents = ((LIST, _("Posts to correct")),)

    @cached_property
    def task(self) -> PostCorrection:
        """The task that the address names. Raises Http404 when this user may not see it."""
        return get_object_or_404(whole(post_corrections_visible_to(self.request.user)), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        """Where the post stands that is to be corrected."""
        return gettext("Correct the post on %(account)s") % {"account": self.task.delivery.account}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the task, its remedies with whether this user may begin each, and what may be decided."""
        user, task = self.request.user, self.task
        own = scope.acts_for(user, task.delivery.account)
        offered: list[tuple[Option, bool]] = []
        if task.state == State.OPEN:
            found = options(task, timezone.now())
            offered = [(option, own and option.possible and may_begin(user, option.remedy)) for option in found]
        return super().get_context_data(
            task=task,
            what=what_is_wrong(task),
            offered=offered,
            draft=task.post or (task.delivery.post if task.remedy == Remedy.EDIT else None),
            may_decide=own and user.has_perm(RESOLVE_DELIVERY),
            **kwargs,
        )


class TaskOperation(OperationView[PostCorrection]):
    """What is done to one task of a post on an account that this user acts for."""

    any_permission_required: ClassVar[tuple[str, ...]] = (RESOLVE_DELIVERY, PUBLISH_POST)
    model = PostCorrection
    success_url_name = "smeditor:post_correction"

    def get_base_object_queryset(self) -> QuerySet[PostCorrection]:
        """The tasks that this user may see."""
        return whole(post_corrections_visible_to(self.request.user))

    def check_object(self) -> None:
        """Raises NotAllowed where the account is another desk's."""
        scope.require(self.request.user, self.object.delivery.account)


class Begin(TaskOperation):
    """Begin a remedy: the draft of the correction is opened, or the deletion is on its way."""

    draft: Any = None

    def perform_operation(self) -> None:
        """Write the draft or ask for the deletion. Raises PermissionDenied where this user may not do the remedy at all."""
        user, remedy = self.request.user, self.request.POST.get("remedy", "")
        if not may_begin(user, remedy):
            raise PermissionDenied
        if remedy == Remedy.EDIT and not scope.acts_for_post(user, self.object.delivery.post):
            raise remedies.CannotCorrect(scope.other_desk())
        self.draft = remedies.begin(self.object, remedy, user, timezone.now())
        if remedy in (Remedy.DELETE, Remedy.REPLACE):
            wake("send")
        self.success_message = (
            gettext("Here is the correction as a draft: read it, change it, and have it approved.")
            if self.draft
            else gettext("It is deleted at the worker's next look, within seconds.")
        )

    def get_success_url(self) -> str:
        """The draft, where one was written; else the task."""
        if self.draft is not None and self.request.user.has_perm("smeditor.change_post"):
            return reverse("smeditor_posts:edit", args=[self.draft.pk])
        return super().get_success_url()


class Decline(TaskOperation):
    """Leave the post as it is, with a reason."""

    any_permission_required = (RESOLVE_DELIVERY,)

    def perform_operation(self) -> None:
        """Close the task with the reason that was typed."""
        form = DeclineForm(self.request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        remedies.decline(self.object, self.request.user, reason, timezone.now())
        self.success_message = gettext("It stays as it is, and your reason is kept.")


class Reopen(TaskOperation):
    """Take back what closed a task."""

    any_permission_required = (RESOLVE_DELIVERY,)

    def perform_operation(self) -> None:
        """Open the task again."""
        remedies.reopen(self.object, timezone.now())
        self.success_message = gettext("It is to be done again.")


class DeclineForm(forms.Form):
    """Why a post is left as it is."""

    reason = NormalCharFormField(max_length=500)


class ErratumForm(forms.Form):
    """The correction of an article, in a sentence for its readers."""

    text = NormalCharFormField(
        label=_("Correction"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was wrong and what is right, as the posts' readers shall be told."),
    )


class CorrectArticle(DeskPage):
    """An editor says that an article was corrected: a task is opened for each of its live posts."""

    any_permission_required = (CHANGE_CORRECTION,)
    header_icon = "edit"
    page_title = _("Correction on this article")
    template_name = "smeditor/admin/post_corrections/article.html"

    @cached_property
    def article(self) -> Any:
        """The article that the address names. Raises Http404, and PermissionDenied for a page that is no article."""
        page = get_object_or_404(page_model(), pk=self.kwargs["pk"])
        if not is_article(page.specific):
            raise PermissionDenied
        return page

    @property
    def parents(self) -> Parents:
        """The articles, and this one's page on the desk."""
        here = reverse("smeditor:article", args=[self.article.pk])
        return ((reverse_lazy("smeditor:articles"), _("Articles")), (here, self.article.title))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Note the correction, and lead to the posts that carried the error; show the form again where it says nothing."""
        form = ErratumForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        opened = corrections.note(self.article.pk, form.cleaned_data["text"], timezone.now(), user=request.user)
        if opened:
            sentence = ngettext("%(n)d post is to be corrected.", "%(n)d posts are to be corrected.", len(opened))
            messages.success(request, sentence % {"n": len(opened)})
            return redirect(f"{LIST}?article={self.article.pk}")
        messages.info(
            request, gettext("It is noted. No post about this article says it wrong, or it was noted before.")
        )
        return redirect("smeditor:article", pk=self.article.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the article and the form."""
        return super().get_context_data(**{"article": self.article, "form": ErratumForm(), **kwargs})
