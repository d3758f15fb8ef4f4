"""A site without keys says so to the person who connects an account, and stores nothing."""

from django.urls import reverse

from smeditor.models import Account

CHIEF = "chief"


def test_no_account_is_stored_where_there_is_no_key_to_encrypt_its_secret(desk, client, as_role, settings):
    as_role(CHIEF)
    before = Account.objects.count()
    settings.SMEDITOR = {**settings.SMEDITOR, "SECRET_KEYS": []}
    form = {"network": "mastodon", "server_url": "https://new.example", "handle": "paper", "minimum_gap": "10"}
    form |= {"secret_access_token": "pasted", "approval": "one", "slots-TOTAL_FORMS": "0", "slots-INITIAL_FORMS": "0"}
    response = client.post(reverse("smeditor_accounts:add"), form)
    assert response.status_code == 200
    assert "no key to store a secret safely" in response.content.decode()
    assert Account.objects.count() == before
