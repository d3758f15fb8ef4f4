"""Answering a reader: in their thread, or by mail where they wrote through the form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from wagtail.admin.utils import get_user_display_name

from smeditor.articles import article_adapter
from smeditor.conversations import mail_answers
from smeditor.conversations.concern_answers import compose, draft_reply
from smeditor.desk.posts.approving import submit
from smeditor.desk.posts.counting import of_account
from smeditor.exceptions import Refused
from smeditor.models import Conversation, Label, Post, Reaction, SavedReply
from smeditor.models.text_fields import NormalCharFormField
from smeditor.publishing import approval

ON_A_NETWORK = {"reply", "mention", "quote"}


class AnswerForm(forms.Form):
    """The answer to one reaction. ``version`` tells whether somebody else answered while one was typing."""

    text = NormalCharFormField(
        label=_("Answer"), widget=forms.Textarea(attrs={"rows": 5, "data-sme-reply-target": "text"})
    )
    saved_reply = forms.ModelChoiceField(queryset=SavedReply.objects.none(), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    in_public = forms.BooleanField(
        label=_("Answer in public all the same"),
        required=False,
        help_text=_("This may come from an informant: a public answer shows everybody that they spoke to you."),
    )

    def __init__(self, reaction: Reaction, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reaction = reaction
        self.fields["saved_reply"].queryset = SavedReply.objects.filter(active=True)
        if not exposes(reaction):
            del self.fields["in_public"]

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].strip()
        reaction = self.reaction
        if reaction.kind in ON_A_NETWORK and reaction.account:
            whole = f"@{reaction.content.author_handle.lstrip('@')} {text}"
            composed = compose(reaction, text)
            addressed = whole if composed.startswith("@") and not text.startswith("@") else text
            too_long = [length for length in of_account(reaction.account, addressed, "") if not length.fits]
            if too_long:
                raise forms.ValidationError(too_long[0].sentence)
        return text

    def clean_in_public(self) -> bool:
        if not self.cleaned_data["in_public"]:
            raise forms.ValidationError(
                _("Propose a safe channel instead, or tick the box if the answer may be seen by all.")
            )
        return True

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        conversation = self.reaction.conversation
        if conversation and data.get("version") != conversation.version:
            raise forms.ValidationError(changed_sentence(conversation), code="changed")
        return data


def exposes(reaction: Reaction) -> bool:
    """Whether an answer would show in public that somebody who may be an informant spoke to the newsroom."""
    return reaction.kind in ON_A_NETWORK and reaction.labels.filter(label=Label.TIP, present=True).exists()


def changed_sentence(conversation: Conversation) -> str:
    """What happened to the thread while one was typing. Sending once more answers anyway."""
    who = conversation.answered_by or conversation.assigned_to
    if who is None:
        return _("This thread has changed while you were writing. Read it again, then send once more.")
    params = {"who": get_user_display_name(who)}
    if conversation.answered_by:
        return (
            _("%(who)s has answered while you were writing. Read it, then send once more if yours is still needed.")
            % params
        )
    return _("%(who)s has taken this thread while you were writing. Send once more to answer all the same.") % params


def why_not(reaction: Reaction) -> str:
    """Why ``reaction`` cannot be answered, in a sentence; "" when it can."""
    if reaction.presence in {"deleted", "protected"}:
        return _("The reader took it back.")
    if reaction.reader and reaction.reader.opted_out:
        return _("The reader does not want to be contacted.")
    if reaction.kind in ON_A_NETWORK:
        if reaction.account is None or not reaction.account.sends:
            return _("None of our accounts can answer there.")
        return ""
    if reaction.kind == "form":
        return "" if reaction.content.contact else _("The reader left no address.")
    return _("It was found on a page where the desk has no account.")


def proposals(reaction: Reaction) -> list[dict[str, Any]]:
    """Saved replies for a reaction, its language and its labels first, a call for help before all, with their fields filled."""
    labels = {label.label for label in reaction.labels.all() if label.present}
    language = (reaction.language or "")[:2]
    rows = list(SavedReply.objects.filter(active=True))
    rows.sort(
        key=lambda row: (
            row.language[:2] != language,
            row.situation not in labels,
            row.situation != Label.CALL_FOR_HELP,
            row.title,
        )
    )
    facts = _facts(reaction)
    return [
        {
            "reply": row,
            "text": fill(row.text, reaction, facts),
            "fits": row.situation in labels and row.language[:2] == language,
            "situation": dict(Label.choices).get(row.situation, ""),
        }
        for row in rows
    ]


def _facts(reaction: Reaction) -> dict[str, str]:
    if reaction.article is None:
        return {"article": "", "url": ""}
    try:
        facts = article_adapter().facts(reaction.article.specific)
    except TypeError:
        return {"article": reaction.article.title, "url": reaction.article.full_url or ""}
    return {"article": facts.title, "url": facts.url}


def fill(text: str, reaction: Reaction, facts: dict[str, str]) -> str:
    params = {"name": reaction.content.author_name or reaction.content.author_handle, **facts}
    for name, value in params.items():
        text = text.replace("{" + name + "}", value)
    return " ".join(text.split(" ")).strip()


@transaction.atomic
def answer(reaction: Reaction, form: AnswerForm, user: Any, *, at_once: bool) -> tuple[Post, bool]:
    """Draft the reply and approve it, or submit it for approval. Returns the post and whether it was approved."""
    post = draft_reply(reaction, form.cleaned_data["text"], "", user)
    saved = form.cleaned_data["saved_reply"]
    if saved is not None:
        SavedReply.objects.filter(pk=saved.pk).update(uses=F("uses") + 1)
        post.saved_reply = saved
        post.save(update_fields=["saved_reply"])
        post.save_revision(user=user)
    if reaction.conversation_id:
        Conversation.objects.filter(pk=reaction.conversation_id).update(assigned_to=user, version=F("version") + 1)
    if at_once and not approval.refusal(post, user):
        approval.approve(post, user, approval.shown_revision(post))
        return post, True
    submit(post, user)
    return post, False


def answer_by_mail(reaction: Reaction, text: str, user: Any) -> None:
    """Answer a form message by mail, at once: there is no account to approve for. Raises Refused with a sentence."""
    if not reaction.content.contact:
        raise Refused(_("The reader left no address."))
    mail_answers.answer(reaction, text, "", user)
