"""Stopping: the page behind "Stop sending", which counts what would be stopped before anybody confirms it."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.widgets.button import Button

from smeditor.desk.capped import shown
from smeditor.desk.choosers import ArticleChooser, PostChooser
from smeditor.desk.fields import PlainDateTime
from smeditor.desk.hold_bar import TARGETS, subject
from smeditor.desk.viewsets import DeskCreateView
from smeditor.models import Account, Hold
from smeditor.models.accounts import network_choices
from smeditor.permissions import scope
from smeditor.permissions.visibility import accounts_visible_to
from smeditor.publishing import holds, stopping
from smeditor.templatetags.smeditor_desk import network_label

REVIEW_AFTER = timedelta(hours=1)
"""When somebody looks at a stop again, where nobody chose another time."""
ACCOUNTS_SHOWN = 30
"""Accounts that the page counts one by one, those with most due soon first."""
FORMED = {name: value for name, value in TARGETS.items() if name != Hold.Scope.POST}
"""The scopes of which the form asks for the target: a single post is stopped from where it stands."""


def shown_for(value: str) -> dict[str, str]:
    """Attributes by which Wagtail shows a panel only while ``value`` is the chosen scope; without a script it stays."""
    return {"data-w-rules-target": "show", "data-w-rules": json.dumps({"scope": [value]})}


class HoldForm(WagtailAdminModelForm):
    """What is stopped, why, and when to look at it again: filled in beforehand, so that one click stops."""

    scope = forms.ChoiceField(
        label=capfirst(_("what is stopped")),
        choices=[(value, label) for value, label in Hold.Scope.choices if value != Hold.Scope.POST],
        widget=forms.RadioSelect,
    )
    network = forms.ChoiceField(label=_("Network"), required=False, choices=lambda: [("", "—"), *network_choices()])
    counted = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """How many the page said it would stop; whatever came since, a stop is never refused for it."""
    proposed_review = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    class Meta(WagtailAdminModelForm.Meta):
        model = Hold
        fields = ["scope"]
        widgets = {"review_at": PlainDateTime}

    def clean(self) -> dict[str, Any]:
        """The scope's target must be named, be this user's to stop, and the review lie ahead."""
        data = super().clean()
        needed = FORMED.get(data.get("scope"))
        if needed and not data.get(needed):
            self.add_error(needed, _("Say which one is stopped."))
        if data.get("review_at") and data["review_at"] <= timezone.now():
            if self.data.get("proposed_review") != self.data.get("review_at"):
                self.add_error("review_at", _("This time has passed: choose a later one."))
            else:  # nobody chose it, the page only lay open for long
                data["review_at"] = timezone.now() + REVIEW_AFTER
        if self.for_user is not None and not self.errors and not scope.may_place(self.for_user, hold_of(data)):
            self.add_error(needed, _("This is another desk's. Ask one of its editors, or stop everything."))
        return data


def hold_of(data: dict[str, Any]) -> Hold:
    """The hold that ``data``, the form's, describes, unsaved: of the targets that of its scope only."""
    target = FORMED.get(data["scope"])
    return Hold(scope=data["scope"], **({target: data.get(target)} if target else {}))


CHOOSERS = {"article": ArticleChooser, "post": PostChooser}
EDIT_HANDLER = ObjectList(
    [
        FieldPanel("scope"),
        *(FieldPanel(target, widget=CHOOSERS.get(target), attrs=shown_for(value)) for value, target in FORMED.items()),
        FieldPanel("reason"),
        FieldPanel("review_at"),
    ],
    attrs={"data-controller": "w-rules", "data-action": "change->w-rules#resolve"},
    base_form_class=HoldForm,
)
"""The panels of the form."""


class StopView(DeskCreateView):
    """Place a hold: the page counts what it would stop, and what it cannot stop any more.

    The address may name what is meant: ``?scope=account&account=3``; without it, everything.
    """

    template_name = "smeditor/admin/holds/stop.html"
    page_title = _("Stop sending")
    submit_button_label = _("Stop sending")
    submit_button_active_label = _("Stopping…")
    offers_stop = False

    def get_page_subtitle(self) -> str:
        """None: the title says it."""
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way here: home, the holds, this page."""
        above = {"url": reverse("smeditor_holds:index"), "label": gettext("Holds")}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.page_title}]

    @property
    def has_unsaved_changes(self) -> bool:
        """False: what the page fills in beforehand is nobody's work."""
        return False

    def get_initial(self) -> dict[str, Any]:
        """What the address names, a reason and a time of review, so that nothing need be typed before a stop."""
        asked = self.request.GET
        initial = {name: asked[name] for name in FORMED.values() if asked.get(name)}
        review = timezone.localtime(timezone.now() + REVIEW_AFTER)
        return {
            "scope": asked["scope"] if asked.get("scope") in {Hold.Scope.ALL, *FORMED} else Hold.Scope.ALL,
            "reason": gettext("Stopped in an emergency; whoever stopped it says more."),
            "review_at": review,
            "proposed_review": f"{review:%Y-%m-%dT%H:%M}",
            **initial,
        }

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Place the hold; with ``count`` only say what the hold that is filled in would stop."""
        if "count" not in request.POST:
            return super().post(request, *args, **kwargs)
        self.object = None
        self.form = self.get_form()
        self.form.is_valid()
        return self.render_to_response(self.get_context_data())

    def save_instance(self) -> Hold:
        """Let ``publishing`` place the hold, which stops at once what it names."""
        data = self.form.cleaned_data
        target = FORMED.get(data["scope"])
        return holds.place(
            data["scope"],
            data["reason"],
            self.request.user,
            review_at=data["review_at"],
            **({target: data[target]} if target else {}),
        )

    def get_success_buttons(self) -> list[Button]:
        """None: a hold is never edited."""
        return []

    def get_success_message(self, instance: Hold) -> str:
        """How many deliveries the hold stops, how many it could not, and whether the page had said another number."""
        found = stopping.forecast(instance, timezone.now()).whole
        waiting = holds.would_stop(instance)
        sentences = [
            ngettext(
                "Stopped. %(count)d delivery waits until the hold is lifted.",
                "Stopped. %(count)d deliveries wait until the hold is lifted.",
                waiting,
            )
            % {"count": waiting}
        ]
        if found.sending:
            sentences.append(sending_sentence(found.sending))
        counted = self.form.cleaned_data.get("counted")
        if counted is not None and counted != found.total:
            sentences.append(
                gettext("The page had counted %(before)d: the queue has changed since.") % {"before": counted}
            )
        return " ".join(sentences)

    def hold(self) -> Hold:
        """The hold as the form has it now: as it was typed where that is valid, else as the address names it."""
        if self.form.is_bound and not self.form.errors:
            return hold_of(self.form.cleaned_data)
        values = self.form.data if self.form.is_bound else self.form.initial
        name = values.get("scope") if values.get("scope") in FORMED else Hold.Scope.ALL
        target = FORMED.get(name)
        try:
            return hold_of(
                {"scope": name, target: self.form.fields[target].clean(values.get(target))}
                if target
                else {"scope": name}
            )
        except (ValidationError, ValueError):
            return Hold(scope=Hold.Scope.ALL)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page receives the counts of what is named, and those of each account, desk and network."""
        context = super().get_context_data(**kwargs)
        now, hold = timezone.now(), self.hold()
        everything = stopping.forecast(Hold(scope=Hold.Scope.ALL), now)
        named = everything if hold.scope == Hold.Scope.ALL else stopping.forecast(hold, now)
        return {
            **context,
            "what": subject(hold),
            "counted": named.whole,
            "counts": counts_of(named.whole),
            "sending": sending_sentence(named.whole.sending) if named.whole.sending else "",
            "rows": self.rows(everything),
            "hidden_accounts": max(0, len(everything.by_account) - ACCOUNTS_SHOWN),
            "everything": counts_of(everything.whole),
        }

    @cached_property
    def accounts(self) -> list[Account]:
        """The accounts that this user may see, with their desks."""
        return list(accounts_visible_to(self.request.user).select_related("desk"))

    def rows(self, everything: stopping.Forecast) -> list[dict[str, Any]]:
        """A row for each network, desk and account with something to stop: its name, counts, and the address for it alone."""
        networks: dict[str, list[int]] = defaultdict(list)
        desks: dict[Any, list[int]] = defaultdict(list)
        busy = [account for account in self.accounts if account.pk in everything.by_account]
        for account in busy:
            networks[account.network].append(account.pk)
            if account.desk is not None:
                desks[account.desk].append(account.pk)
        busy.sort(key=lambda account: (-everything.by_account[account.pk].soon, str(account)))
        rows: list[tuple[Hold.Scope, Any, str, list[int]]] = [
            (Hold.Scope.NETWORK, slug, network_label(slug), keys) for slug, keys in networks.items()
        ]
        rows += [(Hold.Scope.DESK, desk.pk, str(desk), keys) for desk, keys in desks.items()]
        rows += [(Hold.Scope.ACCOUNT, account.pk, str(account), [account.pk]) for account in busy[:ACCOUNTS_SHOWN]]
        user = self.request.user
        return [
            {
                "kind": Hold.Scope(kind).label,
                "name": name,
                "counts": counts_of(everything.of(keys)),
                "url": f"?{urlencode({'scope': str(kind), TARGETS[kind]: value})}"
                if kind == Hold.Scope.NETWORK
                or all(scope.acts_for(user, account) for account in busy if account.pk in keys)
                else "",
            }
            for kind, value, name, keys in rows
        ]


def counts_of(waiting: stopping.Waiting) -> dict[str, str]:
    """The numbers of ``waiting`` as they are read; what may be more than was looked at bears a plus."""
    plus = stopping.MOST if waiting.more else -1
    return {
        "soon": shown(waiting.soon),
        "today": f"{shown(waiting.today)}{'+' if waiting.today == plus else ''}",
        "total": f"{shown(waiting.total)}{'+' if waiting.more else ''}",
        "sending": shown(waiting.sending),
    }


def sending_sentence(number: int) -> str:
    """That so many are on their way at this moment."""
    return ngettext(
        "%(n)d is being sent at this moment: nothing can stop it any more.",
        "%(n)d are being sent at this moment: nothing can stop them any more.",
        number,
    ) % {"n": number}
