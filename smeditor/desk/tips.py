"""Tips: sealing, and opening by need to know. A list shows code names and days, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, Column, StatusTagColumn, TitleColumn
from wagtail.admin.utils import get_user_display_name

from smeditor.desk.base import DeskListing, DeskPage, OperationView, report_error
from smeditor.desk.concern_forms import PersonChoice
from smeditor.desk.fields import cleaned
from smeditor.desk.inbox.cards import Card, card_of, cards_of, readable
from smeditor.desk.viewsets import ListingViewSet
from smeditor.exceptions import SmeditorError
from smeditor.insight.labels.rule_sentences import sentence
from smeditor.insight.tips import handling, sealing
from smeditor.insight.triage.semantic import EXAMPLE
from smeditor.models import Label, Reaction, Tip
from smeditor.networks.base import Kind
from smeditor.permissions import READ_TIP, SEAL_TIP
from smeditor.permissions.people import by_name
from smeditor.permissions.visibility import reactions_visible_to, tips_visible_to

NOBODY = _("Choose somebody who may read tips.")
QUEUE_SHOWN = 25
"""Possible tips on the page, the likeliest: what is decided makes room for the next."""


class Tips(DeskListing):
    """The tips by code name and day, and whether who looks may open them."""

    any_permission_required = (READ_TIP,)
    model = Tip
    page_title = _("Tips")
    columns = [
        TitleColumn("code_name", label=capfirst(_("code name")), url_name="smeditor:tip"),
        StatusTagColumn("get_state_display", label=_("State"), primary=lambda tip: tip.state == Tip.State.NEW),
        Column("received_on", label=_("Received")),
        Column("purge_on", label=_("Erased on")),
        BooleanColumn("mine", label=_("I may read it"), accessor=lambda tip: bool(tip.mine)),
    ]

    def get_base_queryset(self) -> QuerySet[Tip]:
        """All code names, the newest first, each with ``mine``: whether this user is named on it."""
        user = self.request.user
        return tips_visible_to(user).order_by("-received_on", "-pk").annotate(mine=named(user))


class TipViewSet(ListingViewSet):
    """The tips at their address."""

    icon = "key"
    index_view_class = Tips


def named(user: Any) -> Exists:
    """Whether ``user`` is named on the tip, for an annotation."""
    return Exists(Tip.objects.filter(pk=OuterRef("pk"), readers=user.pk))


class ReaderForm(forms.Form):
    """Who else may open a tip: one of those who may read tips; ``named`` may already, and are not offered."""

    def __init__(self, *args: Any, named: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"] = PersonChoice(
            label=_("Who"),
            queryset=sealing.possible_readers().exclude(pk__in=[person.pk for person in named]),
            empty_label=None,
            error_messages={"required": NOBODY, "invalid_choice": NOBODY},
            widget=forms.Select(attrs={"class": "sme-inline__field"}),
        )


class TipPage(DeskPage):
    """One tip. The envelope opens only by a click, only for those who are named on it, and that is written down."""

    any_permission_required = (READ_TIP,)
    header_icon = "key"
    template_name = "smeditor/admin/tips/tip.html"
    parents = ((reverse_lazy("smeditor:tips"), _("Tips")),)

    @cached_property
    def tip(self) -> Tip:
        """The tip without its envelope; 404 for whoever sees no code names."""
        return get_object_or_404(tips_visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        """The code name."""
        return self.tip.code_name

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Open the envelope: by POST, so that no address, history or prefetch ever holds or opens it."""
        if not sealing.may_open(self.tip, request.user):
            raise PermissionDenied
        envelope = sealing.open_envelope(self.tip, request.user)
        response = self.render_to_response(self.get_context_data(envelope=envelope))
        response["Cache-Control"] = "no-store"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page receives the ``tip``, who may open it and, for those alone, who did what and what can be done.

        The ``envelope`` is there only where :meth:`post` has just opened it.
        """
        tip, user = self.tip, self.request.user
        may_open = sealing.may_open(tip, user)
        readers = list(by_name(tip.readers.all()))
        return super().get_context_data(
            tip=tip,
            may_open=may_open,
            readers=readers,
            accesses=tip.accesses.select_related("user")[:100] if may_open else [],
            reader_form=ReaderForm(named=readers, auto_id="sme-tip-%s") if may_open else None,
            states=[choice for choice in Tip.State.choices if choice[0] != tip.state] if may_open else [],
            **kwargs,
        )


class TipOperation(OperationView[Tip]):
    """What is done to one tip by somebody who is named on it."""

    any_permission_required = (READ_TIP,)
    model = Tip
    success_url_name = "smeditor:tip"

    def get_base_object_queryset(self) -> QuerySet[Tip]:
        """The tips whose code names this user sees."""
        return tips_visible_to(self.request.user)

    def check_object(self) -> None:
        """Raises PermissionDenied for whoever is not named on the tip."""
        if not sealing.may_open(self.object, self.request.user):
            raise PermissionDenied


class NameReader(TipOperation):
    """Let a further person open a tip."""

    def perform_operation(self) -> None:
        """Name the person who was chosen: one of those who may read tips."""
        reader = cleaned(ReaderForm(self.request.POST))["user"]
        handling.name_reader(self.object, reader, self.request.user)
        self.success_message = gettext("%(who)s may open this tip now.") % {"who": get_user_display_name(reader)}


class SetState(TipOperation):
    """Say what becomes of a tip."""

    def perform_operation(self) -> None:
        """Take ``state`` from the form."""
        handling.set_state(self.object, self.request.POST.get("state", ""), self.request.user)
        state = self.object.get_state_display()
        self.success_message = gettext("The tip is marked as: %(state)s.") % {"state": state}


class TipQueue(DeskPage):
    """What may be a tip, ranked by its cues. It ranks and leaves nothing out."""

    any_permission_required = (SEAL_TIP,)
    header_icon = "key"
    page_title = _("Possible tips")
    template_name = "smeditor/admin/tips/queue.html"
    parents = ((reverse_lazy("smeditor:inbox"), _("Inbox")),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page receives ``ranked``: a card for each of the likeliest that this user may see, and its cues.

        ``more``: whether others come after them.
        """
        user = self.request.user
        rows = list(readable(sealing.candidates(reactions_visible_to(user)))[: QUEUE_SHOWN + 1])
        ranked = [(card, cues(card)) for card in cards_of(rows[:QUEUE_SHOWN], user)]
        return super().get_context_data(ranked=ranked, more=len(rows) > QUEUE_SHOWN, **kwargs)


def cues(card: Card) -> list[tuple[str, str]]:
    """What speaks for a tip: the words and what their rule says, each rule once; masked words are not shown."""
    label = next((label for label in card.labels if label.label == Label.TIP), None)
    if label is None or card.masked:
        return []
    found = {
        rule: card.text[start:end] for start, end, rule in reversed(label.evidence) if not rule.startswith(EXAMPLE)
    }
    return [(text, sentence(rule, card.reaction.language)) for rule, text in reversed(found.items())]


class ReadersChoice(forms.ModelMultipleChoiceField):
    """Several users, by the name that the admin shows."""

    def label_from_instance(self, obj: Any) -> str:
        """The name of ``obj`` as Wagtail writes it."""
        return str(get_user_display_name(obj))


class SealForm(forms.Form):
    """Who may open it: at first all who may read tips, and at least one of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        may = sealing.possible_readers()
        self.fields["readers"] = ReadersChoice(
            label=_("Who may open it"),
            queryset=may,
            initial=may,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose at least one person: nobody else could ever open it.")},
            help_text=_("Everybody whose role lets them read tips. Leave only those who need to know."),
        )


class Seal(DeskPage, FormView):
    """Confirm that a reaction is a tip. One operation: it leaves everybody's sight."""

    any_permission_required = (SEAL_TIP,)
    header_icon = "key"
    page_title = _("This is a tip")
    template_name = "smeditor/admin/tips/seal.html"
    parents = ((reverse_lazy("smeditor:inbox"), _("Inbox")),)
    form_class = SealForm

    @cached_property
    def card(self) -> Card:
        """The reaction, if this user may see it and it can be shown; 404 otherwise."""
        rows = readable(reactions_visible_to(self.request.user))
        return card_of(get_object_or_404(rows, pk=self.kwargs["pk"]), self.request.user)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Seal it for those who were named, and tell its code name."""
        try:
            tip = sealing.seal(self.card.reaction, self.request.user, form.cleaned_data["readers"])
        except Reaction.DoesNotExist:
            messages.error(self.request, gettext("Somebody else has sealed or erased it meanwhile."))
            return redirect("smeditor:inbox")
        except SmeditorError as error:
            report_error(self.request, error)
            return self.form_invalid(form)
        messages.success(self.request, gettext("Sealed under the code name %(name)s.") % {"name": tip.code_name})
        return redirect("smeditor:inbox")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page receives the ``card`` and whether its reaction stands somewhere in ``public``."""
        public = self.card.reaction.kind != Kind.FORM
        return super().get_context_data(card=self.card, public=public, **kwargs)
