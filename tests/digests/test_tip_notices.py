"""An unread tip is announced before it is erased: to those who may open it, once, without a word of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from smeditor.digests import tip_notices
from smeditor.insight.tips import sealing
from smeditor.models import Tip
from tests.desk_rows import make_reaction

pytestmark = pytest.mark.django_db
TEXT = "Le rapport de 2019 sur les fondations a été retiré du dossier avant le vote du conseil"


@pytest.fixture
def chief(django_user_model):
    return django_user_model.objects.create_superuser("chief", "chief@paper.example", "secret")


def test_it_is_announced_once_in_time_by_its_code_name_alone(chief):
    """The kind of K4: a tip was erased and nobody had known that it waited."""
    tip = sealing.seal(make_reaction(TEXT), chief)
    soon = timezone.localdate() + sealing.KEPT - sealing.AHEAD
    assert tip_notices.announce(soon - timedelta(days=1)) == 0
    assert [tip_notices.announce(soon), tip_notices.announce(soon)] == [1, 0]
    (message,) = mail.outbox
    assert message.to == ["chief@paper.example"]
    assert tip.code_name in message.body
    assert "rapport" not in message.body + message.subject


def test_what_was_opened_is_not_announced(chief):
    sealing.open_envelope(sealing.seal(make_reaction(TEXT), chief), chief)
    assert tip_notices.announce(timezone.localdate() + sealing.KEPT) == 0


def test_a_mail_server_that_refuses_costs_no_announcement(chief, settings):
    settings.EMAIL_BACKEND = "tests.digests.broken_mail.Backend"
    sealing.seal(make_reaction(TEXT), chief)
    assert tip_notices.announce(timezone.localdate() + sealing.KEPT) == 0
    assert Tip.objects.get().announced_on is None
