"""Rules: the viewset of what goes out about which articles, on which accounts and by which template."""

from __future__ import annotations

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, StatusTagColumn

from smeditor.desk.fields import SentenceField
from smeditor.desk.panels import RuleRunsPanel
from smeditor.desk.viewsets import DeskCreateView, DeskEditView, DeskModelViewSet
from smeditor.models import NewsClass, Rule


class RuleForm(WagtailAdminModelForm):
    """Which articles a rule is for, and what it prepares from them."""

    sections = SentenceField(label=_("Sections"))
    tags = SentenceField(label=_("Tags"))
    languages = SentenceField(label=_("Languages"))
    news_classes = forms.MultipleChoiceField(
        label=_("Classes"), choices=NewsClass.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta(WagtailAdminModelForm.Meta):
        model = Rule
        fields = ["name"]
        widgets = {"mode": forms.RadioSelect, "accounts": forms.CheckboxSelectMultiple}


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
        StatusTagColumn("get_mode_display", label=_("Mode"), primary=lambda rule: rule.mode == Rule.Mode.AUTO),
        BooleanColumn("active", label=capfirst(_("active"))),
    ]
    edit_handler = ObjectList(
        [
            MultiFieldPanel([FieldPanel("name"), FieldPanel("active"), FieldPanel("mode")], heading=_("Rule")),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("sections"), FieldPanel("tags")]),
                    FieldRowPanel([FieldPanel("languages"), FieldPanel("paywall")]),
                    FieldPanel("news_classes"),
                ],
                heading=_("For which articles"),
                icon="doc-full",
            ),
            MultiFieldPanel(
                [FieldPanel("accounts"), FieldPanel("template"), FieldPanel("with_image"), FieldPanel("delay")],
                heading=_("What it prepares"),
                icon="edit",
            ),
            RuleRunsPanel(),
        ],
        base_form_class=RuleForm,
    )
