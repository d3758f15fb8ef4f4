"""Answering a concern: who waits, one answer for all of them, and one approval."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic.edit import FormMixin
from wagtail.admin import messages
from wagtail.admin.widgets import AdminAutoHeightTextInput

from smeditor.conversations import mail_answers
from smeditor.conversations.concern_answers import Waiting, prepare, still_there, waiting
from smeditor.desk.base import DeskPage, Parents
from smeditor.desk.concern_operations import ConcernOperation
from smeditor.desk.concerns import find
from smeditor.desk.inbox.cards import Card
from smeditor.desk.posts.bulk import approve_each
from smeditor.exceptions import SmeditorError
from smeditor.models import Concern, Post, Reaction, SavedReply
from smeditor.models.text_fields import NormalCharFormField
from smeditor.permissions import ANSWER_CONCERN
from smeditor.permissions.visibility import posts_visible_to
from smeditor.publishing import approval
from smeditor.text.params import parse_ids

WHY_NOT = {
    "deleted": _("took it back, or it is not public any more"),
    "opted_out": _("does not want to be contacted"),
    "not_a_reader": _("is not a reader (a colleague or an automatic account)"),
    "another_desk": _("wrote to an account of another desk, which answers there"),
    "no_account": _("none of our accounts can answer there"),
    "no_address": _("left no address"),
    "unseen": _("was not found on the network at the last check: try again in a while"),
    "tip": _("may be an informant: answer by a safe channel, never in public"),
}


class AnswerForm(forms.Form):
    """One answer for all who wait, and where more can be read."""

    text = NormalCharFormField(
        label=_("Answer"),
        widget=AdminAutoHeightTextInput(attrs={"rows": 5}),
        help_text=_("Each reader gets it in their own thread, cut to their network's length with the link kept."),
    )
    url = forms.URLField(
        label=_("Where the answer can be read"),
        required=False,
        assume_scheme="https",
        help_text=_("An article, an update or a correction."),
    )


class AboutConcern(DeskPage):
    """A page about the answer to one concern, under that concern in the breadcrumbs."""

    any_permission_required = (ANSWER_CONCERN,)

    @cached_property
    def concern(self) -> Concern:
        """The concern of the address. Raises Http404 when this user may not see it."""
        return find(self.request.user, self.kwargs["pk"])

    @property
    def parents(self) -> Parents:
        """The board, then the concern."""
        here = reverse("smeditor:concern", args=[self.concern.pk])
        return ((reverse_lazy("smeditor:concerns"), _("Concerns")), (here, str(self.concern)))


class Answer(FormMixin, AboutConcern):
    """Write one answer; see everyone who waits for it; prepare all replies."""

    header_icon = "group"
    page_title = _("Answer the concern")
    template_name = "smeditor/admin/concerns/answer.html"
    form_class = AnswerForm

    @cached_property
    def waiting(self) -> Waiting:
        """Who waits for this answer, as far as this user may see and answer them."""
        return waiting(self.concern, self.request.user)

    def get_initial(self) -> dict[str, Any]:
        """The answer that was given before."""
        return {"text": self.concern.answer, "url": self.concern.answer_url}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Prepare the replies, or show what is wrong with the answer."""
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        """Prepare a draft for each reader on a network, send the mails that were asked for, and go on to the drafts."""
        text, url = form.cleaned_data["text"], form.cleaned_data["url"]
        on_networks, by_mail = still_there(self.waiting.on_networks), still_there(self.waiting.by_mail)
        if gone := len(self.waiting.on_networks) + len(self.waiting.by_mail) - len(on_networks) - len(by_mail):
            messages.warning(self.request, gone_sentence(gone))
        drafts = prepare(self.concern, self.request.user, text, url, on_networks)
        mails = self.send_mails(by_mail, text, url) if self.request.POST.get("mails") else 0
        messages.success(self.request, answered_sentence(len(drafts), mails))
        return redirect("smeditor:concern_approve", pk=self.concern.pk)

    def send_mails(self, reactions: list[Reaction], text: str, url: str) -> int:
        """Send ``text`` to whoever wrote ``reactions`` by mail; returns how many went out before one could not."""
        sent = 0
        for reaction in reactions:
            try:
                mail_answers.answer(reaction, text, url, self.request.user)
            except SmeditorError as error:
                messages.error(self.request, error.sentence)
                break
            sent += 1
        return sent

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, the concern, who is answered where, who cannot be told why, how many come later, and the saved replies."""
        who = self.waiting
        return super().get_context_data(
            concern=self.concern,
            on_networks=[brief(reaction) for reaction in who.on_networks],
            by_mail=[brief(reaction) for reaction in who.by_mail],
            unreachable=[(brief(reaction), WHY_NOT.get(reason, reason)) for reaction, reason in who.unreachable],
            untold=who.untold,
            more=who.more,
            saved_replies=SavedReply.objects.filter(active=True)[:20],
            **kwargs,
        )


def answered_sentence(drafts: int, mails: int) -> str:
    """What an answer to a concern has led to so far."""
    parts = [ngettext("%(n)d reply is prepared.", "%(n)d replies are prepared.", drafts) % {"n": drafts}]
    if mails:
        parts.append(ngettext("%(n)d mail went out.", "%(n)d mails went out.", mails) % {"n": mails})
    return " ".join(parts)


def gone_sentence(n: int) -> str:
    """How many are left out because their messages were not found."""
    return ngettext(
        "%(n)d person is left out: their message is not to be found on its network just now.",
        "%(n)d people are left out: their messages are not to be found on their networks just now.",
        n,
    ) % {"n": n}


def brief(reaction: Reaction) -> Card:
    """A card without labels, for a list of who waits. An erased reaction has neither words nor author."""
    content = getattr(reaction, "content", None)
    text = (content.masked or content.text) if content else ""
    return Card(
        reaction,
        text,
        "",
        bool(content and content.masked),
        content.author_handle or content.author_name if content else "",
        [],
    )


class Approve(AboutConcern):
    """The prepared replies in a row, to be approved in one go."""

    header_icon = "check"
    page_title = _("Approve the replies")
    template_name = "smeditor/admin/concerns/approve.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The drafts, each with why this user may not approve it ("" when they may) and the revision that is shown."""
        user = self.request.user
        return super().get_context_data(
            concern=self.concern,
            drafts=[
                (post, approval.refusal(post, user), approval.shown_revision(post))
                for post in drafts_of(self.concern, user)
            ],
            **kwargs,
        )


def drafts_of(concern: Concern, user: Any) -> QuerySet[Post]:
    """The replies of ``concern`` that wait for approval, as far as ``user`` may see them, the oldest first."""
    rows = posts_visible_to(user).filter(concern=concern, kind=Post.Kind.REPLY, live=False)
    return rows.select_related("in_reply_to__content", "latest_revision").prefetch_related("accounts").order_by("pk")


class ApproveAll(ConcernOperation):
    """Approve the ticked replies as they were shown; what one may not approve oneself is submitted to others.

    It ends among the replies: what was not approved stands there as it is now.
    """

    success_url_name = "smeditor:concern_approve"

    def perform_operation(self) -> None:
        """Approve or submit each. Raises SmeditorError when none is ticked."""
        user = self.request.user
        chosen = set(parse_ids(self.request.POST.getlist("post")))
        posts = [post for post in drafts_of(self.object, user) if post.pk in chosen]
        if not posts:
            raise SmeditorError(gettext("Choose at least one reply first."))
        refused = [post for post in posts if approval.refusal(post, user)]
        done = approve_each(self.request, [post for post in posts if post not in refused])
        if refused:
            self.ask_others(refused)
        if done:
            self.success_message = ngettext("%(n)d reply is approved.", "%(n)d replies are approved.", done) % {
                "n": done
            }

    def ask_others(self, posts: list[Post]) -> None:
        """Submit ``posts`` to those who may approve them, and say so."""
        for post in posts:
            approval.submit(post, self.request.user)
        messages.warning(
            self.request,
            ngettext(
                "%(n)d reply waits for somebody else's approval.",
                "%(n)d replies wait for somebody else's approval.",
                len(posts),
            )
            % {"n": len(posts)},
        )
