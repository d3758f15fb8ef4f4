"""The article was published again with another headline, link, paywall, image or byline than the post was written for."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy

from smeditor.publishing import drift
from smeditor.publishing.checks.base import Lookup
from smeditor.publishing.checks.situation import Situation


def _changed(situation: Situation) -> Iterator[str]:
    yield from drift.sentences(situation.post)


CHECKS = (Lookup("drift", gettext_lazy("The article changed since"), _changed, fixed=True, whole=True),)
