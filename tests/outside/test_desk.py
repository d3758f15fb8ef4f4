"""P11: a network from a package that is not ours, through every screen of the desk: nothing asks for it by its name."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from smeditor.listening import poll
from smeditor.models import Account, Delivery, Post, Reaction
from smeditor.publishing.engine import tick
from smeditor.publishing.preflight import check
from tests.networks.noticeboard_server import noticeboard
from tests.networks.test_worked_example import BoardReader
from tests.newsroom import factories

pytestmark = pytest.mark.django_db
PATH = "tests.outside.noticeboard.Noticeboard"


@pytest.fixture
def board(settings):
    with noticeboard() as url:
        allowed = [*settings.SMEDITOR.get("ALLOWED_PRIVATE_HOSTS", []), "127.0.0.1"]
        settings.SMEDITOR = {
            **settings.SMEDITOR,
            "NETWORKS": {"noticeboard": PATH},
            "ALLOWED_PRIVATE_HOSTS": allowed,
        }
        settings.LANGUAGE_CODE = "en"
        yield url


@pytest.fixture
def chief(client, db):
    user = factories.make_user("edith", "Edith", "Ito")
    user.is_superuser = True
    user.save()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def account(chief, board) -> Account:
    form = {"network": "noticeboard", "server_url": board, "handle": "", "secret_access_token": "paper-token"}
    form |= {"approval": "none", "minimum_gap": "0", "sends": "on", "listens": "on"}
    form |= {"slots-TOTAL_FORMS": "0", "slots-INITIAL_FORMS": "0"}
    chief.post(reverse("smeditor_accounts:add"), form)
    return Account.objects.get()


def publish(account: Account, user, text: str = "The tram opens in May.", **fields) -> Post:
    post = Post(text=text, created_by=user, live=False, send_at=timezone.now(), **fields)
    post.accounts = [account]
    post.save()
    post.save_revision(user=user).publish(user=user)
    return post


def test_the_form_asks_for_what_the_network_needs(chief, board):
    page = chief.get(reverse("smeditor_accounts:add"), {"network": "noticeboard"}).content.decode()
    assert "Noticeboard: Settings → Keys." in page


def test_it_is_connected(account):
    assert (account.handle, account.remote_id, account.limits["max_length"]) == ("paper", "id-paper", 400)


def test_a_refused_key_is_not_stored(chief, board):
    form = {"network": "noticeboard", "server_url": board, "secret_access_token": "wrong", "approval": "one"}
    form |= {"minimum_gap": "0", "slots-TOTAL_FORMS": "0", "slots-INITIAL_FORMS": "0"}
    assert chief.post(reverse("smeditor_accounts:add"), form).status_code == 200
    assert not Account.objects.exists()


def test_it_is_counted(chief, account):
    asked = json.dumps({"accounts": [account.pk], "fields": {"text": "é" * 401}})
    [length] = chief.post(reverse("smeditor:post_count"), asked, content_type="application/json").json()["lengths"]
    assert (length["count"], length["limit"], length["fits"]) == (401, 400, False)


def test_it_is_checked(account, chief):
    post = Post(text="a" * 401, content_warning="War", created_by=chief.user)
    post.accounts = [account]
    assert {finding.code for finding in check(post).findings} >= {"too_long", "not_carried"}


@pytest.mark.parametrize("name", ["smeditor_accounts:edit", "smeditor_accounts:inspect"])
def test_its_pages_are_shown(chief, account, name):
    assert chief.get(reverse(name, args=[account.pk])).status_code == 200


def test_a_post_is_previewed_sent_answered_and_its_answer_erased(chief, account, board):
    post = publish(account, chief.user)
    edit = reverse(post.snippet_viewset.get_url_name("edit"), args=[post.pk])
    assert chief.get(edit).status_code == 200
    preview = reverse(post.snippet_viewset.get_url_name("revisions_view"), args=[post.pk, post.latest_revision_id])
    assert "Noticeboard" in chief.get(preview).content.decode()
    tick(timezone.now() + timedelta(seconds=1), "w")
    delivery = Delivery.objects.get()
    assert delivery.state == Delivery.State.SENT, delivery.state_reason
    reader = BoardReader(board)
    answered = reader.client.post("When does it open?", answers=delivery.remote_id)
    poll.run_due(timezone.now(), "w")
    reaction = Reaction.objects.get()
    assert reaction.content.text == "When does it open?"
    for name in ("smeditor:inbox", "smeditor:deliveries"):
        assert chief.get(reverse(name)).status_code == 200
    page = chief.get(reverse("smeditor:reaction", args=[reaction.pk]))
    assert "When does it open?" in page.content.decode()
    reader.delete(answered)
    poll.run_due(timezone.now() + timedelta(hours=2), "w")
    reaction.refresh_from_db()
    assert reaction.presence == "deleted"
