"""What an editor says about a reaction: its label, its queue, and the article that it is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractPage

from smeditor.articles import article_adapter, is_article
from smeditor.articles.page_model import page_model
from smeditor.models import Label, Reaction

NO_LABEL = _("Choose a label first.")
NO_QUEUE = _("Choose a queue first.")
NO_ARTICLE = _("Choose an article.")


class LabelForm(forms.Form):
    """One of the desk's labels."""

    label = forms.ChoiceField(
        label=_("Label"),
        choices=Label.choices,
        error_messages={"required": NO_LABEL, "invalid_choice": NO_LABEL},
        widget=forms.Select(attrs={"class": "sme-inline__field"}),
    )


class RelabelForm(LabelForm):
    """One of the desk's labels, and whether it applies."""

    present = forms.BooleanField(required=False, widget=forms.HiddenInput)


class QueueForm(forms.Form):
    """Where a reaction is to wait."""

    queue = forms.ChoiceField(
        choices=Reaction.Queue.choices, error_messages={"required": NO_QUEUE, "invalid_choice": NO_QUEUE}
    )


class ArticleChoice(forms.ModelChoiceField):
    """A page, by its title."""

    def label_from_instance(self, obj: Any) -> str:
        """The title of ``obj``."""
        return str(obj.title)


class AttachForm(forms.Form):
    """The article that a reaction is about: chosen from those ``offered``, or named by its address, which goes first.

    Any article of ours may be chosen, for the list shows only the newest.
    """

    address = forms.CharField(
        label=_("or its address"),
        max_length=2000,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    field_order = ["article", "address"]

    def __init__(self, *args: Any, offered: Iterable[AbstractPage] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        article = ArticleChoice(
            label=_("Article"),
            queryset=page_model().objects.all(),
            required=False,
            error_messages={"invalid_choice": NO_ARTICLE},
        )
        article.widget.choices = [(page.pk, article.label_from_instance(page)) for page in offered]
        self.fields["article"] = article
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """What was typed, with the article that it comes to as ``page``."""
        super().clean()
        address, page = self.cleaned_data.get("address"), self.cleaned_data.get("article")
        if address:
            page = article_adapter().find(address)
            if page is None:
                raise forms.ValidationError(_("No article of ours has this address."))
        elif page is None or not is_article(page.specific):
            raise forms.ValidationError(NO_ARTICLE)
        return {**self.cleaned_data, "page": page}
