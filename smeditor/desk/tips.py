"""Tips: sealing, and opening by need to know. A list shows code names and days, nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, Column, StatusTagColumn, TitleColumn
from wagtail.admin.utils import get_user_display_name

from smeditor.desk.base import ActionView, DeskListing, DeskPage
from smeditor.desk.inbox.cards import Card, card_of, cards_of, readable
from smeditor.exceptions import SmeditorError
from smeditor.insight.labels.rule_sentences import sentence
from smeditor.insight.tips import handling, sealing
from smeditor.models import Label, Reaction, Tip
from smeditor.permissions import READ_TIP, SEAL_TIP
from smeditor.permissions.people import by_name
from smeditor.permissions.visibility import reactions_visible_to, tips_visible_to

QUEUE_SHOWN = 50


class Tips(DeskListing):
    any_permission_required = (READ_TIP,)
    model = Tip
    page_title = _("Tips")
    header_icon = "key"
    index_url_name = "smeditor:tips"
    index_results_url_name = "smeditor:tips_results"
    columns = [
        TitleColumn("code_name", label=capfirst(_("code name")), url_name="smeditor:tip"),
        StatusTagColumn("get_state_display", label=_("State"), primary=lambda tip: tip.state == Tip.State.NEW),
        Column("received_on", label=_("Received")),
        Column("purge_on", label=_("Erased on")),
        BooleanColumn("mine", label=_("I may read it"), accessor=lambda tip: bool(tip.mine)),
    ]

    def get_base_queryset(self) -> Any:
        user = self.request.user
        return tips_visible_to(user).order_by("-received_on", "-pk").annotate(mine=named(user))


def named(user: Any) -> Any:
    return Exists(Tip.objects.filter(pk=OuterRef("pk"), readers=user.pk))


class TipPage(DeskPage):
    """One tip. The envelope opens only by a click, only for those who are named on it, and that is written down."""

    any_permission_required = (READ_TIP,)
    header_icon = "key"
    template_name = "smeditor/admin/tips/tip.html"
    parents = ((reverse_lazy("smeditor:tips"), _("Tips")),)

    @cached_property
    def tip(self) -> Tip:
        return get_object_or_404(tips_visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
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
        tip, user = self.tip, self.request.user
        may_open = sealing.may_open(tip, user)
        readers = list(by_name(tip.readers.all()))
        return super().get_context_data(
            tip=tip,
            may_open=may_open,
            readers=readers,
            accesses=tip.accesses.select_related("user")[:100] if may_open else [],
            candidates=[reader for reader in sealing.possible_readers() if reader not in readers] if may_open else [],
            states=[choice for choice in Tip.State.choices if choice[0] != tip.state] if may_open else [],
            **kwargs,
        )


class TipAction(ActionView):
    any_permission_required = (READ_TIP,)

    def after_url(self) -> str:
        return reverse("smeditor:tip", args=[self.kwargs["pk"]])

    def tip(self) -> Tip:
        tip = get_object_or_404(tips_visible_to(self.request.user), pk=self.kwargs["pk"])
        if not sealing.may_open(tip, self.request.user):
            raise PermissionDenied
        return tip


class NameReader(TipAction):
    def perform(self, request: HttpRequest, pk: int) -> str:
        tip, asked = self.tip(), request.POST.get("user", "")
        reader = next((reader for reader in sealing.possible_readers() if str(reader.pk) == asked), None)
        handling.name_reader(tip, reader, request.user)
        return gettext("%(who)s may open this tip now.") % {"who": get_user_display_name(reader)}


class SetState(TipAction):
    def perform(self, request: HttpRequest, pk: int) -> str:
        tip, state = self.tip(), request.POST.get("state", "")
        handling.set_state(tip, state, request.user)
        return gettext("The tip is marked as: %(state)s.") % {"state": tip.get_state_display()}


class TipQueue(DeskPage):
    """What may be a tip, ranked by its cues. It ranks and leaves nothing out."""

    any_permission_required = (SEAL_TIP,)
    header_icon = "key"
    page_title = _("Possible tips")
    template_name = "smeditor/admin/tips/queue.html"
    parents = ((reverse_lazy("smeditor:inbox"), _("Inbox")),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        rows = readable(sealing.candidates().filter(pk__in=reactions_visible_to(user).values("pk")))[:QUEUE_SHOWN]
        cards = cards_of(rows, user)
        return super().get_context_data(ranked=[(card, cues(card)) for card in cards], **kwargs)


def cues(card: Card) -> list[tuple[str, str]]:
    """What speaks for a tip: the words and what their rule says, each rule once; masked words are not shown."""
    label = next((label for label in card.labels if label.label == Label.TIP), None)
    if label is None or card.masked:
        return []
    found = {rule: card.text[start:end] for start, end, rule in reversed(label.evidence)}
    return [(text, sentence(rule, card.reaction.language)) for rule, text in reversed(found.items())]


class SealForm(forms.Form):
    """Who may open it: at first all who may read tips, and at least one of them."""

    readers = forms.ModelMultipleChoiceField(
        label=_("Who may open it"),
        queryset=get_user_model().objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one person: nobody else could ever open it.")},
        help_text=_("Everybody whose role lets them read tips. Leave only those who need to know."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        may = sealing.possible_readers()
        self.fields["readers"].queryset = get_user_model().objects.filter(pk__in=[reader.pk for reader in may])
        self.fields["readers"].label_from_instance = get_user_display_name
        self.fields["readers"].initial = may


class Seal(DeskPage):
    """Confirm that a reaction is a tip. One act: it leaves everybody's sight."""

    any_permission_required = (SEAL_TIP,)
    header_icon = "key"
    page_title = _("This is a tip")
    template_name = "smeditor/admin/tips/seal.html"
    parents = ((reverse_lazy("smeditor:inbox"), _("Inbox")),)

    @cached_property
    def card(self) -> Card:
        rows = readable(reactions_visible_to(self.request.user))
        return card_of(get_object_or_404(rows, pk=self.kwargs["pk"]), self.request.user)

    @cached_property
    def form(self) -> SealForm:
        return SealForm(self.request.POST if self.request.method == "POST" else None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data())
        try:
            tip = sealing.seal(self.card.reaction, request.user, self.form.cleaned_data["readers"])
        except Reaction.DoesNotExist:
            messages.error(request, gettext("Somebody else has sealed or erased it meanwhile."))
            return redirect("smeditor:inbox")
        except SmeditorError as error:
            messages.error(request, error.sentence)
            return self.render_to_response(self.get_context_data())
        messages.success(request, gettext("Sealed under the code name %(name)s.") % {"name": tip.code_name})
        return redirect("smeditor:inbox")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        public = self.card.reaction.kind != "form"
        return super().get_context_data(card=self.card, public=public, form=self.form, **kwargs)


urlpatterns = [
    path("tips/", Tips.as_view(), name="tips"),
    path("tips/results/", Tips.as_view(results_only=True), name="tips_results"),
    path("tips/possible/", TipQueue.as_view(), name="tip_queue"),
    path("tips/<id:pk>/", TipPage.as_view(), name="tip"),
    path("tips/<id:pk>/name/", NameReader.as_view(), name="tip_name"),
    path("tips/<id:pk>/state/", SetState.as_view(), name="tip_state"),
    path("inbox/<id:pk>/tip/", Seal.as_view(), name="tip_seal"),
]
