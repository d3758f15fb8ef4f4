"""Whether a breaking story is fresh beside which the post should not go out."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor.publishing import clashes
from smeditor.publishing.checks.base import Lookup
from smeditor.publishing.checks.situation import Situation


def _clashes(situation: Situation) -> Iterator[str]:
    for clash in clashes.clashes_for(situation.post, situation.now):
        yield _("%(reason)s Wait with it, or word it otherwise.") % {"reason": clash.sentence}


CHECKS = (Lookup("clash", gettext_lazy("Breaking news beside which it should not go out"), _clashes, whole=True),)
