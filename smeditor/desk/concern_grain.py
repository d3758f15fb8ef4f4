"""A concern made tighter or broader: what would change is shown first, and done once it is confirmed."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from smeditor.desk.base import report_error
from smeditor.desk.concern_answer import AboutConcern
from smeditor.desk.inbox.cards import Card, card_of, readable
from smeditor.exceptions import SmeditorError
from smeditor.insight.concerns import grain
from smeditor.insight.concerns.quotable_labels import check_labels
from smeditor.listening.quotable import quotable
from smeditor.models import Reaction
from smeditor.permissions.visibility import concerns_visible_to, reactions_visible_to
from smeditor.text.params import parse_ids

SHOWN = 3
"""Reactions of a part that are shown."""


class GrainPage(AboutConcern):
    """What would change, each part of it with a box that is ticked, and the button that does it."""

    header_icon = "group"

    @abstractmethod
    def perform(self) -> str:
        """Do what is ticked and return the sentence that says so. Raises SmeditorError with the one that says why not."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it and show the concern, or say why not and show again what would change."""
        try:
            done = self.perform()
        except SmeditorError as error:
            report_error(request, error)
            return redirect(request.path)
        messages.success(request, done)
        return redirect("smeditor:concern", pk=self.concern.pk)

    @property
    def for_article(self) -> bool:
        """Whether the editor wants it of everything that is raised under the concern's article."""
        return bool(self.request.POST.get("article"))


class Tighter(GrainPage):
    """A concern's tighter parts, each of which becomes a concern of its own."""

    page_title = _("Make the concern tighter")
    template_name = "smeditor/admin/concerns/tighter.html"

    def perform(self) -> str:
        """Split the ticked parts off."""
        visible = reactions_visible_to(self.request.user).filter(concern_member__concern=self.concern)
        chosen = [parse_ids(value.split(","), grain.READ) for value in self.request.POST.getlist("part")]
        groups = [list(visible.filter(pk__in=keys)) for keys in chosen[: grain.PROPOSED]]
        grain.tighten(self.concern, groups, self.request.user, for_article=self.for_article)
        return ngettext(
            "%(n)d part is a concern of its own now. You can undo this below.",
            "%(n)d parts are concerns of their own now. You can undo this below.",
            len(groups),
        ) % {"n": len(groups)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The concern, its parts as (ids of the reactions, some of them), and how many of its reactions were ``read``."""
        parts = grain.parts(self.concern, reactions_visible_to(self.request.user))
        cards = self.cards([key for part in parts for key in part[:SHOWN]])
        return super().get_context_data(
            concern=self.concern,
            read=min(self.concern.size, grain.READ),
            parts=[
                {
                    "ids": ",".join(map(str, part)),
                    "size": len(part),
                    "cards": [cards[key] for key in part[:SHOWN] if key in cards],
                }
                for part in parts
            ],
            **kwargs,
        )

    def cards(self, keys: list[int]) -> dict[int, Card]:
        """What may be shown of these reactions, by id."""
        user = self.request.user
        shown = quotable(keys, ask=False)
        found: list[Reaction] = list(readable(reactions_visible_to(user)).filter(pk__in=shown))
        return {reaction.pk: card_of(reaction, user) for reaction in found}


class Broader(GrainPage):
    """The nearest concerns of the same subject, which become one with it."""

    page_title = _("Make the concern broader")
    template_name = "smeditor/admin/concerns/broader.html"

    def perform(self) -> str:
        """Merge the ticked concerns into it."""
        keys = parse_ids(self.request.POST.getlist("concern"), grain.PROPOSED)
        visible = concerns_visible_to(self.request.user).filter(merged_into__isnull=True)
        others = list(visible.filter(pk__in=keys).exclude(pk=self.concern.pk).order_by("pk"))
        grain.broaden(self.concern, others, self.request.user, for_article=self.for_article)
        return gettext("It is broader now. You can undo this below.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The concern, and what it would take in, the nearest first."""
        near = grain.nearest(self.concern, concerns_visible_to(self.request.user))
        check_labels([candidate.concern for candidate in near], ask=False)
        return super().get_context_data(concern=self.concern, near=near, **kwargs)
