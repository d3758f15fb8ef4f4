"""The same in French, whose sentences are longer; a file of its own, for another worker."""

import pytest
from wagtail.users.models import UserProfile

from tests.browser.test_every_screen import assert_every_screen_is_sound

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_no_screen_breaks_a_rule_in_dark(live_server, full, open_page):
    UserProfile.objects.filter(user=full.user).update(preferred_language="fr")
    assert_every_screen_is_sound(open_page(1280, "fr"), full, ["dark"])
