"""A chooser's value that is no key at all meets a sentence: Wagtail's own choosers raise where a form is shown again."""

import pytest
from django.urls import reverse

from tests.desk import world
from tests.permissions.matrix import form_of

pytestmark = pytest.mark.django_db
NO_KEYS = ["{{7*7}}", "²", "9" * 40, "1\x002", "-1"]
CHOSEN = ["article", "quotes", "media-0-image", "media-0-video", "media-0-captions", "media-0-account"]


@pytest.mark.parametrize("value", NO_KEYS)
@pytest.mark.parametrize("name", CHOSEN)
def test_a_posts_form_is_shown_again_and_its_cards_too(admin_client, name, value):
    fields = form_of(world.make_account("paper"), "Hello") | {"media-TOTAL_FORMS": 1, "media-0-ORDER": 1, name: value}
    assert admin_client.post(reverse("smeditor_posts:add"), fields).status_code == 200
    assert admin_client.post(reverse("smeditor:post_compose"), fields).status_code == 200


@pytest.mark.parametrize("value", NO_KEYS)
@pytest.mark.parametrize("form", ["smeditor_sources:add", "smeditor_holds:add"])
def test_the_forms_of_sources_and_holds_are_shown_again(admin_client, form, value):
    assert admin_client.post(reverse(form), {"article": value, "post": value}).status_code == 200
