"""The notes from one shift to the next: the list, a new one, and one that is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.utils import get_user_display_name
from wagtail.admin.widgets.button import HeaderButton

from smeditor import conf
from smeditor.desk.base import DeskListing, DeskPage
from smeditor.desk.fields import PlainDateTime
from smeditor.desk.planning import handover_counts
from smeditor.desk.tables import MomentColumn
from smeditor.desk.viewsets import ListingViewSet
from smeditor.models import Handover
from smeditor.models.handovers import LONGEST_NOTE
from smeditor.models.text_fields import NormalTextField
from smeditor.permissions import ADD_HANDOVER, VIEW_HANDOVER
from smeditor.permissions.visibility import handovers_visible_to
from smeditor.text.params import parse_datetime

if TYPE_CHECKING:
    from django.contrib.auth.models import User

A_SHIFT = timedelta(hours=12)
"""What a note reaches back to where none was made within a day."""
LONGEST_SHIFT = timedelta(days=31)
PARENTS = ((reverse_lazy("smeditor:handovers"), _("Handover")),)


def maker(handover: Handover) -> str:
    """Who made the note; "" where that account is gone."""
    return get_user_display_name(handover.made_by) if handover.made_by else ""


def may_hand_over(user: Any) -> bool:
    """Whether ``user`` may make a note."""
    return user.has_perm(ADD_HANDOVER)


def last_note(user: Any) -> Handover | None:
    """The newest note, without its figures; None where there is none, or none for ``user`` to see."""
    return handovers_visible_to(user).select_related("made_by").defer("counts").order_by("-made_at", "-pk").first()


class HandoverIndexView(DeskListing):
    """The notes that were made, the newest first."""

    any_permission_required = (VIEW_HANDOVER,)
    model = Handover
    page_title = _("Handover")
    default_ordering = "-made_at"
    columns = [
        TitleColumn("shift", label=_("Shift"), accessor="__str__", url_name="smeditor:handover"),
        Column("made_by", label=capfirst(_("by")), accessor=maker),
        MomentColumn("made_at", label=_("Made"), sort_key="made_at"),
        Column(
            "text", label=_("Words"), accessor=lambda note: Truncator(note.text).chars(160), classname="sme-sentence"
        ),
    ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to a new note."""
        if not may_hand_over(self.request.user):
            return []
        return [HeaderButton(_("Hand over"), url=reverse("smeditor:handover_new"), icon_name="plus")]

    def get_base_queryset(self) -> QuerySet[Handover]:
        """The notes that this user may see."""
        return handovers_visible_to(self.request.user).select_related("made_by").defer("counts")


class HandoverListing(ListingViewSet):
    """The list of notes."""

    icon = "clipboard-list"
    index_view_class = HandoverIndexView


class NoteForm(forms.Form):
    """An editor's own words."""

    text = NormalTextField(blank=True).formfield(
        label=_("What the next shift must know"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 10}),
    )


class NewNoteForm(NoteForm):
    """Also from when on."""

    since = forms.CharField(label=_("From when on"), widget=PlainDateTime)
    field_order = ("since", "text")

    def clean_since(self) -> datetime:
        """The moment on the newsroom's clock. Raises ValidationError for none, one to come, or one too long ago."""
        moment, now = parse_datetime(self.cleaned_data["since"], conf.zone()), timezone.now()
        if moment is None:
            raise ValidationError(gettext("Choose a day and a time."))
        if not now - LONGEST_SHIFT <= moment <= now:
            raise ValidationError(gettext("Choose a time within the last 31 days."))
        return moment


class NewHandover(DeskPage):
    """A new note: the figures as they are now, and the field for what they do not say."""

    any_permission_required = (ADD_HANDOVER,)
    page_title = _("Hand over")
    header_icon = "clipboard-list"
    template_name = "smeditor/admin/planning/handover_new.html"
    parents = PARENTS

    @cached_property
    def now(self) -> datetime:
        """The moment for which the figures are made."""
        return timezone.now()

    def since(self) -> datetime:
        """Where the last note ended, if that is not longer ago than a day; else half a day back."""
        last = last_note(self.request.user)
        if last is not None and self.now - timedelta(days=1) <= last.until <= self.now:
            return last.until
        return self.now - A_SHIFT

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the note; or show the form again with all that was typed, and what is wrong with it."""
        form = NewNoteForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        since, user = form.cleaned_data["since"], cast("User", request.user)
        note = Handover.objects.create(
            made_by=user,
            made_at=self.now,
            since=since,
            until=self.now,
            counts=handover_counts.made(user, since, self.now),
            text=form.cleaned_data["text"],
        )
        messages.success(request, gettext("The note is kept. You can still change your words."))
        return redirect("smeditor:handover", note.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the form and the figures as they are now."""
        since = self.since()
        local = timezone.localtime(since, conf.zone())
        kwargs.setdefault("form", NewNoteForm(initial={"since": f"{local:%Y-%m-%dT%H:%M}"}))
        counts = handover_counts.made(self.request.user, since, self.now)
        shown = handover_counts.shown(counts, self.request.user)
        return super().get_context_data(counts=shown, zone=str(conf.zone()), **kwargs)


class HandoverPage(DeskPage):
    """One note, for reading and for printing; who made it may still change the words."""

    any_permission_required = (VIEW_HANDOVER,)
    header_icon = "clipboard-list"
    template_name = "smeditor/admin/planning/handover.html"
    parents = PARENTS

    @cached_property
    def note(self) -> Handover:
        """The note that the address names. Raises Http404 when this user may not see it."""
        return get_object_or_404(
            handovers_visible_to(self.request.user).select_related("made_by"), pk=self.kwargs["pk"]
        )

    def get_page_title(self) -> str:
        """Of which shift it is."""
        return gettext("Handover %(shift)s") % {"shift": self.note}

    @property
    def may_change(self) -> bool:
        """Whether the words are this user's own."""
        user = self.request.user
        return may_hand_over(user) and self.note.made_by_id == user.pk

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep other words; or show the form again with all that was typed, and what is wrong with it.

        Raises PermissionDenied for another one's note.
        """
        if not self.may_change:
            raise PermissionDenied
        form = NoteForm(request.POST)
        if form.is_valid() and self.change(form):
            messages.success(request, gettext("Your words are changed. The figures stay as they were."))
            return redirect("smeditor:handover", self.note.pk)
        return self.render_to_response(self.get_context_data(form=form))

    def change(self, form: NoteForm) -> bool:
        """Keep the words of ``form``. False, with a sentence in the form, where another window has changed them since."""
        with transaction.atomic():
            fresh = Handover.objects.select_for_update().get(pk=self.note.pk)
            if self.request.POST.get("shown", "") != version(fresh):
                form.add_error("text", gettext("These words were changed in another window. Compare before you save."))
                self.note.text, self.note.changed_at = fresh.text, fresh.changed_at
                return False
            fresh.text, fresh.changed_at = form.cleaned_data["text"], timezone.now()
            fresh.save(update_fields=["text", "changed_at"])
        return True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The template receives the note, those of its figures that this user may see, and the form for its maker."""
        note = self.note
        kwargs.setdefault("form", NoteForm(initial={"text": note.text}))
        return super().get_context_data(
            note=note,
            maker=maker(note),
            counts=handover_counts.shown(note.counts, self.request.user),
            may_change=self.may_change,
            version=version(note),
            zone=str(conf.zone()),
            **kwargs,
        )


def version(note: Handover) -> str:
    """What tells one state of a note's words from another."""
    return note.changed_at.isoformat() if note.changed_at else ""
