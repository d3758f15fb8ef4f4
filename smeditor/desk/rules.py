"""Rules: the viewset of what goes out about which articles, on which accounts and by which template."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column

from smeditor.articles import article_models
from smeditor.desk.fields import SentenceField
from smeditor.desk.panels import RuleRunsPanel
from smeditor.desk.viewsets import DeskCreateView, DeskEditView, DeskModelViewSet
from smeditor.models import NewsClass, Rule
from smeditor.text.link_parameters import BadParameters, parse_parameters


class RuleForm(WagtailAdminModelForm):
    """Which articles a rule is for, and what it prepares from them."""

    sections = SentenceField(label=_("Sections"))
    tags = SentenceField(label=_("Tags"))
    languages = SentenceField(label=_("Languages"))
    authors = SentenceField(
        label=_("Authors"), help_text=_("Names as they stand under the article. Separate by commas. Empty: any.")
    )
    page_types = forms.MultipleChoiceField(
        label=_("Page types"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With none ticked: any."),
    )
    news_classes = forms.MultipleChoiceField(
        label=_("Classes"), choices=NewsClass.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta(WagtailAdminModelForm.Meta):
        model = Rule
        fields = ["name"]
        widgets = {"mode": forms.RadioSelect, "accounts": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["page_types"].choices = page_type_choices(self.instance.page_types)

    def clean_link_parameters(self) -> str:
        """What is added to the link, if it can be added. Raises ValidationError with an example."""
        typed = self.cleaned_data["link_parameters"]
        try:
            parse_parameters(typed)
        except BadParameters as error:
            sentence = _("Write pairs of a name and a value, such as source=social&campaign=spring.")
            raise forms.ValidationError(sentence) from error
        return typed


def page_type_choices(kept: Iterable[str]) -> list[tuple[str, str]]:
    """The classes of articles as a rule names them, with what editors call them; also what a rule keeps that is none any more."""
    found = {model._meta.label_lower: str(capfirst(model._meta.verbose_name)) for model in article_models()}
    return [*found.items(), *((name, name) for name in kept if name not in found)]


class RuleCreateView(DeskCreateView):
    """Make a rule."""

    def save_instance(self) -> Rule:
        """Save the rule with who made it."""
        self.form.instance.created_by = self.request.user
        return super().save_instance()


class RuleEditView(DeskEditView):
    """Change a rule."""

    def save_instance(self) -> Rule:
        """Save the rule, with who changed its template: its posts are that person's text."""
        if "template" in self.form.changed_data:
            self.form.instance.template_by = self.request.user
        return super().save_instance()


class RuleViewSet(DeskModelViewSet):
    """Rules in the admin: list, form with what the rule did, record."""

    icon = "cogs"
    add_view_class = RuleCreateView
    edit_view_class = RuleEditView
    inspect_view_fields = ["name", "mode", "active", "accounts", "template"]
    search_fields = ["name", "template"]
    list_filter = ["mode", "active", "accounts"]
    list_display = [
        "name",
        Column("get_mode_display", label=_("Mode"), classname="sme-sentence"),
        BooleanColumn("active", label=capfirst(_("active"))),
    ]
    edit_handler = ObjectList(
        [
            MultiFieldPanel([FieldPanel("name"), FieldPanel("active"), FieldPanel("mode")], heading=_("Rule")),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("sections"), FieldPanel("tags")]),
                    FieldRowPanel([FieldPanel("languages"), FieldPanel("paywall")]),
                    FieldPanel("authors"),
                    FieldRowPanel([FieldPanel("news_classes"), FieldPanel("page_types")]),
                ],
                heading=_("For which articles"),
                icon="doc-full",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("accounts"),
                    FieldPanel("template"),
                    FieldPanel("first_comment"),
                    FieldPanel("link_parameters"),
                    FieldPanel("with_image"),
                    FieldPanel("delay"),
                ],
                heading=_("What it prepares"),
                icon="edit",
            ),
            RuleRunsPanel(),
        ],
        base_form_class=RuleForm,
    )
