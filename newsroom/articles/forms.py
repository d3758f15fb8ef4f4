"""The form by which a reader tells the newsroom something."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newsroom.articles.models import ReaderMessage
from smeditor.models.text_fields import NormalCharFormField

PASSAGE_LENGTH = 1000  # characters
MESSAGE_LENGTH = 5000


class ReaderMessageForm(forms.ModelForm):
    """What a reader writes, and a field that only a machine fills in."""

    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=ReaderMessage.Kind.choices,
        error_messages={"required": _("Choose what your message is about.")},
        widget=forms.RadioSelect,
    )
    consent = forms.BooleanField(
        label=_("I agree that the newsroom reads this message and keeps it for as long as it works on it."),
        error_messages={"required": _("We may only keep your message if you agree.")},
    )
    website = forms.CharField(label=_("Leave this field empty"), required=False)

    class Meta:
        model = ReaderMessage
        fields = ["kind", "passage", "message", "name", "email"]
        field_classes = dict.fromkeys(("passage", "message", "name"), NormalCharFormField)
        labels = {
            "passage": _("The passage concerned"),
            "message": _("Your message"),
            "name": _("Your name"),
            "email": _("Your e-mail address"),
        }
        help_texts = {
            "passage": _("Copy the sentence from the article, if there is one."),
            "name": _("Optional."),
            "email": _("Optional: only to answer you, never published."),
        }
        widgets = {
            "passage": forms.Textarea(attrs={"rows": 2, "maxlength": PASSAGE_LENGTH}),
            "message": forms.Textarea(attrs={"rows": 7, "maxlength": MESSAGE_LENGTH}),
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }
        error_messages = {
            "message": {"required": _("Write your message.")},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["website"].widget.attrs.update({"tabindex": "-1", "autocomplete": "off"})

    def text_fields(self) -> list:
        """The fields in which one writes, bound, in their order."""
        return [self[name] for name in ("passage", "message", "name", "email")]

    def clean_passage(self) -> str:
        """Raises ValidationError beyond ``PASSAGE_LENGTH`` characters."""
        return _at_most(self.cleaned_data["passage"], PASSAGE_LENGTH)

    def clean_message(self) -> str:
        """Raises ValidationError beyond ``MESSAGE_LENGTH`` characters."""
        return _at_most(self.cleaned_data["message"], MESSAGE_LENGTH)

    def clean_website(self) -> str:
        """Raises ValidationError for whatever stands in the field that people leave empty."""
        # A person whose browser filled it in gets the form back with the text still there; a machine gets nowhere.
        if self.cleaned_data["website"]:
            raise ValidationError(_("Empty the last field, which is there to stop machines, and send again."))
        return ""


def _at_most(text: str, limit: int) -> str:
    if len(text) > limit:
        raise ValidationError(_("That is too long: %(limit)d characters at most."), params={"limit": limit})
    return text
