"""One reaction: its thread, the reasons of its labels, and the answer."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from smeditor.articles import article_models
from smeditor.articles.page_model import page_model
from smeditor.conversations import answers, mail_answers
from smeditor.conversations.proposals import proposals
from smeditor.desk.base import DeskPage
from smeditor.desk.concern_forms import ConcernChoiceForm, offered_to
from smeditor.desk.concern_questions import AskedPair, asked_pairs, visible_questions
from smeditor.desk.inbox import labels
from smeditor.desk.inbox.answer import AnswerForm
from smeditor.desk.inbox.cards import Card, card_of, cards_of, readable
from smeditor.desk.inbox.explain import explained
from smeditor.desk.inbox.forms import AttachForm, LabelForm
from smeditor.desk.inbox.reader_operations import buttons
from smeditor.exceptions import SmeditorError
from smeditor.insight.triage import shipped
from smeditor.listening.erase import is_held
from smeditor.models import Reaction
from smeditor.networks.base import Kind
from smeditor.permissions import (
    ANSWER_CONCERN,
    ANSWER_REACTION,
    HOLD_REACTION,
    MODERATE_REACTION,
    SEAL_TIP,
    VIEW_REACTION,
    scope,
)
from smeditor.permissions.visibility import posts_in_thread, reactions_visible_to


class ReactionPage(DeskPage):
    """One reaction with all that can be done to it."""

    any_permission_required = (VIEW_REACTION,)
    header_icon = "comment"
    template_name = "smeditor/admin/inbox/reaction.html"
    parents = ((reverse_lazy("smeditor:inbox"), _("Inbox")),)
    thread_shown = 50
    """Messages of readers, and as many of ours, that the page shows of a thread."""
    questions_shown = 2
    operations_shown = 5

    @cached_property
    def reaction(self) -> Reaction:
        """The reaction, if this user may see it and it can be shown; 404 otherwise."""
        return get_object_or_404(readable(reactions_visible_to(self.request.user)), pk=self.kwargs["pk"])

    @cached_property
    def card(self) -> Card:
        """What this user may see of it."""
        return card_of(self.reaction, self.request.user)

    def get_page_title(self) -> str:
        """What it is and who wrote it."""
        return gettext("%(kind)s by %(who)s") % {
            "kind": self.reaction.get_kind_display().capitalize(),
            "who": self.card.author or gettext("a reader"),
        }

    def thread(self) -> list[dict[str, Any]]:
        """What readers (``card``) and the desk (``post``) said in this thread, and when (``at``); the oldest first."""
        conversation = self.reaction.conversation
        if conversation is None:
            return []
        user = self.request.user
        visible = readable(reactions_visible_to(user).filter(conversation=conversation)).order_by("published_at")
        theirs = cards_of(visible[: self.thread_shown], user)
        posts = posts_in_thread(user, conversation)
        ours = posts.select_related("created_by").prefetch_related("deliveries__account").order_by("pk")
        entries: list[dict[str, Any]] = [{"at": card.reaction.published_at, "card": card} for card in theirs]
        entries += [{"at": post.created_at, "post": post} for post in ours[: self.thread_shown]]
        return sorted(entries, key=lambda entry: entry["at"])

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Answer the reaction, if this user may and it can be answered, and its network still shows it."""
        reaction = self.reaction
        if refusal := self.refusal():
            messages.error(request, refusal)
            return redirect("smeditor:reaction", pk=reaction.pk)
        form = AnswerForm(reaction, request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form.shown_again()))
        try:
            answers.require_presence(reaction)
        except SmeditorError as error:
            messages.error(request, error.sentence)
            return redirect("smeditor:inbox")
        return self.send(form)

    def refusal(self) -> str:
        """Why this user cannot answer the reaction, in a sentence; "" when they can."""
        user, account = self.request.user, self.reaction.account
        if reason := answers.obstacle(self.reaction):
            return reason
        if not user.has_perm(ANSWER_REACTION):
            return gettext("You may not answer readers.")
        return scope.refusal(account) if account and not scope.acts_for(user, account) else ""

    def send(self, form: AnswerForm) -> HttpResponse:
        """Send the answer of a valid ``form``: by mail to who wrote through the newspaper's form, else in the thread."""
        request, reaction = self.request, self.reaction
        text = form.cleaned_data["text"]
        if reaction.kind == Kind.FORM:
            try:
                mail_answers.answer(reaction, text, "", request.user)
            except SmeditorError as error:
                messages.error(request, error.sentence)
                return self.render_to_response(self.get_context_data(form=form))
            messages.success(request, gettext("The answer went out by mail."))
            return redirect("smeditor:inbox")
        at_once = request.POST.get("send") == "now"
        saved_reply = form.cleaned_data["saved_reply"]
        if answers.answer(reaction, text, request.user, saved_reply=saved_reply, at_once=at_once):
            messages.success(request, gettext("The answer is approved and goes out at the worker's next look."))
        else:
            messages.success(request, gettext("The answer waits for approval."))
        return redirect("smeditor:inbox")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page receives the reaction's ``card``, its ``thread``, why it carries its labels, and what this user may do.

        ``form`` is None where they cannot answer; ``obstacle`` says why nobody can.
        """
        reaction, user = self.reaction, self.request.user
        obstacle = answers.obstacle(reaction)
        may_answer = user.has_perm(ANSWER_REACTION) and scope.acts_for(user, reaction.account)
        member = getattr(reaction, "concern_member", None)
        context = {
            "card": self.card,
            "reaction": reaction,
            "thread": self.thread(),
            "obstacle": obstacle,
            "form": AnswerForm(reaction) if may_answer and not obstacle else None,
            "proposals": proposals(reaction) if may_answer and not obstacle else [],
            "may_publish": user.has_perm("smeditor.publish_post"),
            "may_answer": may_answer,
            "other_desk": not scope.acts_for(user, reaction.account),
            "may_moderate": user.has_perm(MODERATE_REACTION),
            "may_hold": user.has_perm(HOLD_REACTION),
            "held": is_held(reaction, timezone.now()),
            "may_seal": user.has_perm(SEAL_TIP),
            "operation_buttons": buttons(reaction, user),
            "operations": reaction.operations.select_related("requested_by")[: self.operations_shown],
            "label_form": LabelForm(auto_id="sme-add-%s"),
            "explained": explained(reaction, readable=not self.card.masked or bool(self.card.hidden)),
            "older_rules": reaction.triage_version not in ("", shipped().version),
            "unlabelled": labels.last(self.request),
            "queues": [choice for choice in Reaction.Queue.choices if choice[0] != reaction.queue],
            "concern": member.concern if member else None,
            "concern_form": self.concern_form(),
            "asked": self.asked(),
            "attach_form": self.attach_form() if may_answer else None,
        }
        return super().get_context_data(**{**context, **kwargs})

    def asked(self) -> list[AskedPair]:
        """The questions whether others raise the same, for who may answer them."""
        user, pk = self.request.user, self.reaction.pk
        rows = visible_questions(user).filter(Q(first=pk) | Q(second=pk))
        return asked_pairs(list(rows[: self.questions_shown]), user)

    def concern_form(self) -> ConcernChoiceForm | None:
        """The choice of a concern into which the reaction is put by hand; None where none is offered."""
        user = self.request.user
        if not user.has_perm(ANSWER_CONCERN):
            return None
        member = getattr(self.reaction, "concern_member", None)
        offered = offered_to(user, self.reaction.article_id, without=member.concern if member else None)
        return ConcernChoiceForm(user=user, offered=offered, auto_id="sme-concern-%s") if offered else None

    def attach_form(self) -> AttachForm:
        """The choice of an article: the newest ones, the proposed one first."""
        models = article_models()
        newest = page_model().objects.type(*models).live().order_by("-first_published_at")[:30] if models else []
        proposed = self.reaction.proposed_article
        offered = [*([proposed] if proposed else []), *(page for page in newest if page != proposed)]
        return AttachForm(offered=offered, initial={"article": self.reaction.article_id}, auto_id="sme-attach-%s")
