"""Whether the public can read an article now; if not, why, and from when it can as far as anybody knows.

That an article is not public is a passing state: whoever asks waits and asks again, and never writes "no" for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from smeditor.articles.contract import article_adapter

if TYPE_CHECKING:
    from wagtail.models import AbstractPage


@dataclass(frozen=True)
class Visibility:
    """Whether the public may see a page, why not, and until when.

    ``reason`` is a sentence, empty when ``public``. ``until`` is aware and later than the moment asked about: the end
    of an embargo or a scheduled publication; None when nobody has said when the article will be public.
    """

    public: bool
    reason: str = ""
    until: datetime | None = None


PUBLIC = Visibility(True)


def visibility_of(page: AbstractPage, now: datetime) -> Visibility:
    """How ``page`` (of any class) stands with the public at the aware time ``now``. What the adapter raises goes through."""
    adapter = article_adapter()
    article = page.specific
    if page.live and adapter.public_now(article, now):
        return PUBLIC
    embargo = adapter.facts(article).embargo_until
    scheduled = None if page.live else page.go_live_at
    until = max((moment for moment in (embargo, scheduled) if moment is not None and moment > now), default=None)
    if until is not None:
        sentence = _("The article is scheduled and not published yet.") if until == scheduled else ""
        return Visibility(False, sentence or _("The article is under embargo."), until)
    if not page.live:
        return Visibility(False, _("The article is not published."), until)
    return Visibility(False, _("The article is not open to the public."), until)
