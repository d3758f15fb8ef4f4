"""A journalist's choice of the letter, among the settings of their own account."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import BaseSettingsPanel

from smeditor.models import DigestPreference
from smeditor.permissions import VIEW_DIGEST


class DigestPreferenceForm(forms.ModelForm):
    """How often the letter comes, and in which language; none stands for that of the admin."""

    language = forms.ChoiceField(
        label=_("language"), choices=lambda: [("", _("as in the admin")), *settings.LANGUAGES], required=False
    )

    class Meta:
        model = DigestPreference
        fields = ["frequency", "language"]


class DigestPreferencePanel(BaseSettingsPanel):
    """How often the letter about one's own articles comes, and in which language."""

    name = "smeditor_letter"
    title = _("The readers' digest")
    order = 450
    form_class = DigestPreferenceForm

    def is_active(self) -> bool:
        """Shown to whoever gets letters."""
        return self.user.has_perm(VIEW_DIGEST)

    def get_form(self) -> DigestPreferenceForm:
        """The form about this user's preference; the defaults of a new one where they chose nothing yet."""
        preference = DigestPreference.objects.filter(user=self.user).first() or DigestPreference(user=self.user)
        data = self.request.POST if self.request.method == "POST" else None
        return DigestPreferenceForm(data, instance=preference, prefix=self.name)
