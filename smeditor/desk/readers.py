"""Erasing all that one reader wrote, when they ask for it: found first, counted, then confirmed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from django_stubs_ext import StrOrPromise
from wagtail.admin import messages

from smeditor.desk.base import DeskPage
from smeditor.listening.batch import FORM, WEB
from smeditor.listening.reader_erasure import count_kept, erase_readers
from smeditor.listening.reader_search import find_readers
from smeditor.models import Reader
from smeditor.models.accounts import network_choices
from smeditor.models.text_fields import NormalCharFormField
from smeditor.permissions import ERASE_READER


def networks() -> list[tuple[str, StrOrPromise]]:
    """Where a reader may have written, as choices."""
    return [*network_choices(), (FORM, _("reader's form")), (WEB, _("feeds and web pages"))]


class ReaderForm(forms.Form):
    """Who asks. Sent by POST at each step, so that nobody's name stands in an address or in a server's log."""

    network = forms.ChoiceField(label=_("Where they wrote"), choices=networks)
    who = NormalCharFormField(
        label=_("Who they are there"),
        max_length=500,
        help_text=_("Their handle, the address of their profile, or the e-mail that they gave in the form."),
    )
    opt_out = forms.BooleanField(
        label=_("They do not want to be collected again either"),
        required=False,
        help_text=_("Then only a key stays by which they are known again, and what they write is only counted."),
    )
    confirmed = forms.BooleanField(label=_("Erase it for good"), required=False)


class EraseReader(DeskPage, FormView):
    """Find a reader, say how much is kept of them, and erase it once that is confirmed."""

    any_permission_required = (ERASE_READER,)
    header_icon = "bin"
    page_title = _("Erase a reader")
    template_name = "smeditor/admin/readers/erase.html"
    form_class = ReaderForm

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Search, or erase where the number that was confirmed is still the number that is kept."""
        readers = find_readers(form.cleaned_data["network"], form.cleaned_data["who"])
        if not readers:
            form.add_error("who", gettext("Nobody of that name is known there. Check how they spell it."))
            return self.form_invalid(form)
        kept = count_kept(readers)
        if form.cleaned_data["confirmed"] and self.request.POST.get("total") == str(kept.total):
            return self.erase(readers, kept.held, opt_out=form.cleaned_data["opt_out"])
        return self.render_to_response(self.get_context_data(form=form, readers=readers, kept=kept))

    def erase(self, readers: list[Reader], held: int, *, opt_out: bool) -> HttpResponse:
        """Erase all of ``readers`` and say how much it was; ``held`` reactions wait for the end of a legal hold."""
        erased = erase_readers(readers, opt_out=opt_out, user=self.request.user)
        sentence = ngettext("%(n)d reaction is erased.", "%(n)d reactions are erased.", erased) % {"n": erased}
        if held:
            sentence += " " + ngettext(
                "%(n)d is out of sight and goes when its legal hold ends.",
                "%(n)d are out of sight and go when their legal hold ends.",
                held,
            ) % {"n": held}
        messages.success(self.request, sentence)
        return redirect("smeditor:reader_erase")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page receives the ``readers`` that were found and how much is ``kept`` of them; before a search, neither."""
        return super().get_context_data(**{"readers": [], "kept": None, **kwargs})
