"""Two editors of one process, one who reads French and one who reads English: no form keeps the language of the first."""

import re

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from tests.desk import world

FRENCH = re.compile(r"Choisi\w+|Modifier|Séparez|Enregistrer")
ENGLISH = re.compile(r"\bChoose an?\b|\bEdit this\b|\bSeparate by\b")
FORMS = ["smeditor_posts", "smeditor_holds", "smeditor_sources", "smeditor_rules", "smeditor_desks", "smeditor_replies"]


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_in_the_language_of_who_opens_it(desk, client, settings, name):
    settings.LANGUAGE_CODE = "fr"
    user = world.make_user("zulmira", is_superuser=True)
    client.force_login(user)
    for language in ("fr", "en"):
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
        page = client.get(reverse(f"{name}:add")).content.decode()
    assert FRENCH.findall(page) == []
    # And the other way round: the form was made, if it was, in English now.
    UserProfile.objects.filter(user=user).update(preferred_language="fr")
    assert ENGLISH.findall(client.get(reverse(f"{name}:add")).content.decode()) == []
