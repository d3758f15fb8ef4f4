"""Accounts: connecting, verifying, pausing. A secret goes in and is never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log

from smeditor import conf
from smeditor.accounts import health
from smeditor.desk.base import Act
from smeditor.desk.fields import Secret
from smeditor.desk.panels import AccountStatePanel
from smeditor.desk.tables import MomentColumn, capitalised
from smeditor.desk.units import unit_label
from smeditor.exceptions import SmeditorError
from smeditor.models import Account, Slot
from smeditor.permissions import CONNECT_ACCOUNT
from smeditor.publishing import holds

HOME_SERVERS = {"bluesky": "https://bsky.social"}
CHANGE = "smeditor.change_account"


class SlotForm(WagtailAdminModelForm):
    class Meta:
        model = Slot
        fields = ["weekday", "time"]
        widgets = {"time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}


class AccountForm(WagtailAdminModelForm):
    access_token = forms.CharField(
        label=_("Access token"),
        required=False,
        strip=True,
        widget=Secret,
        help_text=_("Mastodon: Preferences → Development → your application. It is stored encrypted and never shown."),
    )
    app_password = forms.CharField(
        label=_("App password"),
        required=False,
        strip=True,
        widget=Secret,
        help_text=_("Bluesky: Settings → Privacy and security → App passwords. Never the account's own password."),
    )

    class Meta:
        model = Account
        fields = ["network", "server_url", "handle"]
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["server_url"].required = False
        self.fields["server_url"].help_text = _("For instance https://mastodon.social. Bluesky: empty for bsky.social.")
        self.fields["handle"].help_text = _("For instance newsroom@mastodon.social or newsroom.bsky.social.")
        if self.instance.pk and self.instance.secret:
            for name in ("access_token", "app_password"):
                self.fields[name].help_text = _("A secret is stored. Type a new one only to replace it.")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        network = data.get("network")
        data["server_url"] = data.get("server_url") or HOME_SERVERS.get(network, "")
        if network and not data["server_url"]:
            self.add_error("server_url", _("Say on which server the account lives."))
        self._clean_secret(network, data)
        return data

    def _clean_secret(self, network: str | None, data: dict[str, Any]) -> None:
        name = "app_password" if network == "bluesky" else "access_token"
        stored = bool(self.instance.pk and self.instance.secret)
        moved = stored and {"network", "server_url", "handle"} & set(self.changed_data)
        if network and not data.get(name) and (moved or not stored):
            self.add_error(name, _("This is needed to act for the account."))
        if network == "bluesky" and not data.get("handle"):
            self.add_error("handle", _("Bluesky needs the handle to log in."))
        try:
            conf.secret_keys()
        except ImproperlyConfigured:
            sentence = _(
                "The site has no key to store a secret safely. Ask whoever keeps it running to set SECRET_KEYS."
            )
            self.add_error(None, sentence)

    def save(self, commit: bool = True) -> Account:
        account, data = self.instance, self.cleaned_data
        if data["network"] == "bluesky" and data.get("app_password"):
            account.secret = {"identifier": data["handle"].lstrip("@"), "app_password": data["app_password"]}
            account.secret_version += 1
        elif data["network"] != "bluesky" and data.get("access_token"):
            account.secret = {"access_token": data["access_token"]}
            account.secret_version += 1
        return super().save(commit)


class VerifiesOnSave:
    """After saving, ask the network who we are, and say in a sentence what it answered."""

    def form_valid(self, form: AccountForm) -> Any:
        response = super().form_valid(form)
        if {"access_token", "app_password", "server_url", "handle", "network"} & set(form.changed_data):
            report(self.request, form.instance)
        return response


class AccountCreateView(VerifiesOnSave, generic.CreateView):
    def get_success_url(self) -> str:
        return self.get_edit_url()

    def save_instance(self) -> Account:
        account = super().save_instance()
        log(instance=account, action="smeditor.account_connected", user=self.request.user)
        return account


class AccountEditView(VerifiesOnSave, generic.EditView):
    pass


def report(request: Any, account: Account) -> None:
    """Verify an account and tell the person who asked what came of it."""
    try:
        with transaction.atomic():
            problem = health.verify(account)
    except IntegrityError:
        problem = gettext("Another entry is already connected to this account of the network. Delete one of the two.")
    if problem:
        messages.error(request, format_html("{} {}", gettext("The account is saved, but not usable yet."), problem))
        return
    messages.success(
        request,
        gettext("%(network)s knows this account as %(handle)s. Posts may be up to %(limit)s long (%(unit)s).")
        % {
            "network": account.get_network_display(),
            "handle": account.handle,
            "limit": account.limits.get("max_length", "?"),
            "unit": unit_label(account.limits.get("unit", "")),
        },
    )


class AccountAct(Act):
    any_permission = (CHANGE, CONNECT_ACCOUNT)

    def after_url(self) -> str:
        return reverse("smeditor_accounts:edit", args=[self.kwargs["pk"]])


class Verify(AccountAct):
    def act(self, request: Any, pk: int) -> None:
        report(request, get_object_or_404(Account, pk=pk))


class Pause(AccountAct):
    def act(self, request: Any, pk: int) -> str:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            raise SmeditorError(gettext("Say why the account is paused, so that colleagues know."))
        account = get_object_or_404(Account, pk=pk)
        holds.pause_account(account, request.user, reason, timezone.now())
        return gettext("%(account)s is paused: nothing of it is sent until it is resumed.") % {"account": account}


class Resume(AccountAct):
    def act(self, request: Any, pk: int) -> str:
        account = get_object_or_404(Account, pk=pk)
        late = holds.resume_account(account, request.user, timezone.now())
        if late:
            return gettext(
                "%(account)s sends again. %(late)d deliveries missed their time and wait for a decision."
            ) % {
                "account": account,
                "late": late,
            }
        return gettext("%(account)s sends again.") % {"account": account}


class AccountViewSet(ModelViewSet):
    model = Account
    name = "smeditor_accounts"
    url_prefix = "smeditor/accounts"
    icon = "user"
    menu_label = _("Accounts")
    copy_view_enabled = False
    add_to_reference_index = False
    inspect_view_enabled = True
    inspect_view_fields = [
        *("network", "handle", "display_name", "server_url", "state", "state_reason", "desk", "language", "tone"),
        *("approval", "sends", "listens", "minimum_gap", "daily_quota", "verified_at", "followers", "expires_at"),
    ]
    add_view_class = AccountCreateView
    edit_view_class = AccountEditView
    search_fields = ["handle", "display_name", "server_url"]
    search_backend_name = None
    list_filter = ["network", "state", "desk"]
    list_display = capitalised(
        [
            "handle",
            Column("get_network_display", label=_("network"), sort_key="network"),
            StatusTagColumn("get_state_display", label=_("state"), primary=lambda account: account.state == "active"),
            Column("state_reason", label=_("reason")),
            Column("desk", label=_("desk")),
            MomentColumn("expires_at", label=_("token expires")),
            DateColumn("verified_at", label=_("last verified")),
        ]
    )
    edit_handler = ObjectList(
        [
            AccountStatePanel(),
            MultiFieldPanel(
                [
                    FieldPanel("network"),
                    FieldPanel("server_url"),
                    FieldPanel("handle"),
                    FieldPanel("access_token"),
                    FieldPanel("app_password"),
                ],
                heading=_("Connection"),
                icon="link",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("desk"),
                    FieldRowPanel([FieldPanel("language"), FieldPanel("approval")]),
                    FieldPanel("tone"),
                    FieldRowPanel([FieldPanel("sends"), FieldPanel("listens")]),
                ],
                heading=_("Voice"),
                icon="openquote",
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("minimum_gap"), FieldPanel("daily_quota")]),
                    FieldRowPanel([FieldPanel("quiet_from"), FieldPanel("quiet_until")]),
                    InlinePanel("slots", heading=_("Slots"), label=_("slot"), panels=["weekday", "time"]),
                ],
                heading=_("Rhythm"),
                icon="time",
            ),
        ],
        base_form_class=AccountForm,
    )


urlpatterns = [
    path("accounts/<int:pk>/verify/", Verify.as_view(), name="account_verify"),
    path("accounts/<int:pk>/pause/", Pause.as_view(), name="account_pause"),
    path("accounts/<int:pk>/resume/", Resume.as_view(), name="account_resume"),
]
