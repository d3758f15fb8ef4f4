"""The form in which an editor answers one reader."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from smeditor.conversations import answers
from smeditor.desk.posts.counting import of_account
from smeditor.models import Post, Reaction, SavedReply
from smeditor.models.text_fields import NormalCharFormField


class AnswerForm(forms.Form):
    """The answer to one reaction. ``version`` tells whether somebody else answered while one was typing."""

    text = NormalCharFormField(
        label=_("Answer"), widget=AdminAutoHeightTextInput(attrs={"rows": 5, "data-sme-reply-target": "text"})
    )
    saved_reply = forms.ModelChoiceField(queryset=SavedReply.objects.filter(active=True), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    in_public = forms.BooleanField(
        label=_("Answer in public all the same"),
        required=False,
        help_text=_("This may come from an informant: a public answer shows everybody that they spoke to you."),
    )

    def __init__(self, reaction: Reaction, data: Any = None) -> None:
        version = reaction.conversation.version if reaction.conversation else 0
        super().__init__(data, initial={"version": version})
        self.reaction = reaction
        if not answers.exposes(reaction):
            del self.fields["in_public"]

    def clean_text(self) -> str:
        """The answer, which has to fit on the reaction's account with its reader's name before it."""
        text = self.cleaned_data["text"].strip()
        reaction = self.reaction
        if reaction.kind in answers.ON_A_NETWORK and reaction.account:
            reply = Post(kind=Post.Kind.REPLY, text=answers.addressed(reaction, text), in_reply_to=reaction)
            lengths = of_account(reaction.account, reply)
            too_long = [length for length in lengths if not length.fits]
            if too_long:
                raise forms.ValidationError(too_long[0].sentence)
        return text

    def clean_in_public(self) -> bool:
        """The tick, without which nobody who may be an informant is answered in public."""
        if not self.cleaned_data["in_public"]:
            raise forms.ValidationError(
                _("Propose a safe channel instead, or tick the box if the answer may be seen by all.")
            )
        return True

    def clean(self) -> dict[str, Any]:
        """What was typed, unless the thread has changed since the form was shown (code ``changed``)."""
        super().clean()
        conversation = self.reaction.conversation
        if conversation and self.cleaned_data.get("version") != conversation.version:
            raise forms.ValidationError(answers.change_in(conversation), code="changed")
        return self.cleaned_data

    def shown_again(self) -> AnswerForm:
        """The form with what was typed and, where the thread has changed, with its new version.

        To send it once more is then to answer all the same.
        """
        changed = any(error.code == "changed" for error in self.non_field_errors().as_data())
        if changed and self.reaction.conversation:
            self.data = {**dict(self.data.items()), "version": str(self.reaction.conversation.version)}
        return self
