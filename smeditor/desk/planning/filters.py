"""What narrows the calendar: desk, account, story, language and state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from smeditor.articles.page_model import page_model
from smeditor.models import Account, Delivery, Desk

LATEST, MOST_STORIES = 2_000, 50
"""Of so many deliveries, the latest of what is shown, come the stories that the filter offers; and how many of these."""


class PlanFilters(forms.Form):
    """Read from the address; what is no choice is left out and narrows nothing."""

    desk = forms.ModelChoiceField(Desk.objects.all(), label=_("Desk"), required=False, empty_label=_("All"))
    account = forms.ModelChoiceField(Account.objects.none(), label=_("Account"), required=False, empty_label=_("All"))
    article = forms.TypedChoiceField(label=_("Story"), required=False, coerce=int, empty_value=None)
    language = forms.ChoiceField(label=_("Language"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, data: Any, rows: QuerySet[Delivery], accounts: QuerySet[Account]) -> None:
        """``rows``: the deliveries that are to be narrowed, of which the stories come; ``accounts``: those to choose from."""
        super().__init__(data, auto_id="sme-filter-%s")
        fields: dict[str, Any] = dict(self.fields)
        fields["account"].queryset = accounts
        offered: dict[str, Iterable[Any]] = {
            "article": stories(rows),
            "language": settings.LANGUAGES,
            "state": Delivery.State.choices,
        }
        for name, choices in offered.items():
            fields[name].choices = [("", _("All")), *choices]
        self.is_valid()

    @property
    def chosen(self) -> dict[str, Any]:
        """What narrows, by the name of its field."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def query(self) -> dict[str, str]:
        """The same as it stands in an address."""
        return {name: str(getattr(value, "pk", value)) for name, value in self.chosen.items()}

    def narrow(self, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """``rows`` (or those of their query set that are left)."""
        chosen = self.chosen
        conditions = {
            "desk": "account__desk",
            "account": "account",
            "article": "post__article_key",
            "state": "state",
        }
        rows = rows.filter(**{path: chosen[name] for name, path in conditions.items() if name in chosen})
        if "language" in chosen:
            own = Q(post__language="", account__language=chosen["language"])
            rows = rows.filter(Q(post__language=chosen["language"]) | own)
        return rows


def stories(rows: QuerySet[Delivery]) -> list[tuple[int, str]]:
    """The articles that the latest of ``rows`` are about, at most ``MOST_STORIES``: id and title, by title.

    Not of all of them, and the titles for those alone: else every post of the month would be read.
    """
    latest = rows.order_by("-slot", "-pk").values_list("post__article_key", flat=True)[:LATEST]
    keys = [key for key in dict.fromkeys(latest) if key is not None][:MOST_STORIES]
    titles = dict(page_model().objects.filter(pk__in=keys).values_list("pk", "title"))
    return sorted(((key, titles.get(key, f"#{key}")) for key in keys), key=lambda story: story[1].casefold())
