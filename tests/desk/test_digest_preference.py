"""A journalist chooses how often the readers' letter comes."""

import pytest
from django.urls import reverse

from smeditor.models import DigestPreference
from smeditor.permissions.roles import create_roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def journalist(django_user_model, client):
    user = django_user_model.objects.create_user(
        "thomas", "thomas@paper.example", "secret", first_name="Thomas", last_name="Okafor"
    )
    user.groups.add(create_roles()["journalist"])
    client.force_login(user)
    return user


def test_the_choice_stands_among_the_settings_of_ones_account(client, journalist):
    page = client.get(reverse("wagtailadmin_account"))
    assert b"smeditor_letter-frequency" in page.content


def test_a_choice_is_kept(client, journalist):
    page = client.get(reverse("wagtailadmin_account"))
    fields = {}
    for panels in page.context["panels_by_tab"].values():
        for panel in panels:
            form = panel.get_form()
            fields |= {form[name].html_name: form[name].value() or "" for name in form.fields}
    fields["smeditor_letter-frequency"] = "weekly"
    client.post(reverse("wagtailadmin_account"), fields)
    assert DigestPreference.objects.get(user=journalist).frequency == "weekly"


def test_who_gets_no_letter_is_not_asked(client, journalist):
    journalist.groups.clear()
    journalist.user_permissions.add(*create_roles()["moderator"].permissions.filter(codename="access_admin"))
    page = client.get(reverse("wagtailadmin_account"))
    assert b"smeditor_letter-frequency" not in page.content
