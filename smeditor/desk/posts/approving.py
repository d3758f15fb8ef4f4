"""Approving one post in Wagtail's own views: its button, its workflow, and what is said when it may not be."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.views.generic import CreateEditViewOptionalFeaturesMixin
from wagtail.snippets.views.snippets import WorkflowActionView

from smeditor.models import Post
from smeditor.models.approval import latest_revision
from smeditor.publishing import approval

CHANGED = _(
    "Somebody else saved this post while you had it open. Nothing was approved, and what you see here is not saved yet: "
    "compare it with the newest version, then approve."
)


def tell_change(request: HttpRequest, post: Post, error: approval.TextChanged) -> None:
    """Say that another text is there than the one that was seen, and lead to the difference."""
    there = {error.shown_revision, error.current} - {None}
    known = post.revisions.filter(pk__in=there).count() == len(there)
    buttons = []
    if known and len(there) == 2:
        url = reverse("smeditor_posts:revisions_compare", args=[post.pk, error.shown_revision, error.current])
        buttons = [messages.button(url, gettext("See the difference"))]
    messages.error(request, error.sentence, buttons=buttons)


class AsksForApproval(CreateEditViewOptionalFeaturesMixin):
    """The form of a post: its buttons "approve" ask who wrote what, and whether the newest text was seen.

    A text that may not be approved is saved all the same: nothing that was typed is lost.
    """

    def approves(self) -> bool:
        """Whether the button that was pressed approves."""
        if self.action == "workflow-action":
            return self.workflow_action == "approve"
        return self.action == "publish"

    def publish_action(self) -> HttpResponse | None:
        """Publish, unless this user wrote in the text and may not approve it."""
        return self.refused() or super().publish_action()

    def workflow_action_action(self) -> HttpResponse | None:
        """Go on with the workflow, unless that approves a text in which this user wrote."""
        return (self.refused() if self.approves() else None) or super().workflow_action_action()

    def refused(self) -> HttpResponse | None:
        """The way back to the form with the reason, when this user may not approve what was just saved."""
        sentence = approval.own_text(self.object, self.request.user)
        if not sentence:
            return None
        kept = gettext("It is saved as a draft.")
        messages.error(self.request, f"{sentence} {kept}")
        return redirect(reverse("smeditor_posts:edit", args=[self.object.pk]))


class SeesTheNewest(AsksForApproval):
    """The form of a post that is there: only its newest revision is approved with it, or what is made of that."""

    def is_valid(self, form: Any) -> bool:
        """Also whether who approves has seen the newest version."""
        if self.approves() and self.is_stale():
            self.produced_error_code = "invalid_revision"
            self.produced_error_message = self.with_difference()
            return False
        return super().is_valid(form)

    def is_stale(self) -> bool:
        """Whether the form was opened on another revision than the newest, or does not say on which."""
        if not self.latest_revision:
            return False
        names = ("loaded_revision_id", "overwrite_revision_id")
        return self.is_out_of_date or not any(self.request.POST.get(name) for name in names)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form's context; one that comes back because a newer version is there is saved by a person only.

        Wagtail draws it with the number of the newest version, so saving by itself would put that one aside unread.
        """
        if getattr(self, "produced_error_code", None) == "invalid_revision" or self.is_out_of_date:
            self.autosave_enabled = False
        return super().get_context_data(**kwargs)

    def with_difference(self) -> str:
        """The sentence that refuses a stale form; a message leads to what differs, where both versions are known."""
        loaded = self.request.POST.get("loaded_revision_id", "")
        current = self.latest_revision.pk
        number = int(loaded) if loaded.isascii() and loaded.isdigit() and len(loaded) < 19 else None
        if number and number != current and self.object.revisions.filter(pk=number).exists():
            url = reverse("smeditor_posts:revisions_compare", args=[self.object.pk, number, current])
            messages.warning(
                self.request,
                gettext("The newest version differs from the one that you opened."),
                buttons=[messages.button(url, gettext("See the difference"), new_window=True)],
            )
        return str(CHANGED)

    def form_valid(self, form: Any) -> HttpResponse:
        """Save; who approves does so only while no newer revision has come meanwhile."""
        if not self.approves():
            return super().form_valid(form)
        with transaction.atomic():
            # Nobody else may save between the look at the newest revision and the approval of what is made of it.
            Post.objects.select_for_update(of=("self",)).get(pk=self.object.pk)
            newest = latest_revision(self.object)
            if newest and (newest.pk, newest.created_at.isoformat()) != (
                self.latest_revision and self.latest_revision.pk,
                self.latest_revision_created_at,
            ):
                self.produced_error_code, self.produced_error_message = "invalid_revision", str(CHANGED)
                return self.form_invalid(form)
            return super().form_valid(form)


class ApproveInWorkflow(WorkflowActionView):
    """A workflow's buttons outside the form, such as those on the home page: they approve only what was seen."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Approve the text that the button's page showed; every other step of a workflow is Wagtail's own."""
        if self.action_name != "approve":
            return super().post(request, *args, **kwargs)
        comment = request.POST.get("comment", "")[:1000]
        try:
            approval.approve(self.object, request.user, request.POST.get("seen", ""), comment=comment)
        except approval.TextChanged as error:
            tell_change(request, self.object, error)
            return self.answer(reverse("smeditor_posts:edit", args=[self.object.pk]))
        except approval.CannotApprove as error:
            messages.error(request, error.sentence)
        return self.answer(self.redirect_url)

    def answer(self, url: str) -> HttpResponse:
        """Lead to ``url``, from Wagtail's modal as well."""
        if self.request.headers.get("x-requested-with") == "XMLHttpRequest":
            return self.render_modal_json(self.request, {"step": "success", "redirect": url})
        return redirect(url)
