"""K1: what its author took back is not answered; the network is asked before an answer goes its way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from smeditor.conversations.answers import require_presence
from smeditor.exceptions import Refused
from tests.desk_rows import make_reaction

pytestmark = pytest.mark.django_db


def found(**fields):
    fields.setdefault("checked_at", timezone.now())
    return make_reaction("Qui répare la passerelle ?", **fields)


def test_what_was_seen_a_moment_ago_is_answered():
    require_presence(found())


def test_what_came_through_the_form_is_answered_whenever_it_was():
    require_presence(found(network="form", kind="form", checked_at=None))


@pytest.mark.parametrize(
    "fields",
    [
        {"presence": "deleted"},
        {"presence": "protected"},
        {"missing_since": timezone.now()},
        {"checked_at": timezone.now() - timedelta(days=2)},
    ],
)
def test_what_is_gone_missing_or_long_unseen_is_not(fields):
    """Kind: an answer in public to somebody who took their words back."""
    with pytest.raises(Refused):
        require_presence(found(**fields))
