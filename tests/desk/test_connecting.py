"""Connecting an account, page by page, in the admin: what is shown, what is said, what is stored."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from smeditor.models import Account, Desk, NetworkApp, PendingConnection
from tests.desk import world
from tests.networks.doubles.base import served
from tests.networks.doubles.consent_lab import CLIENT, KEY, Server
from tests.networks.doubles.consent_lab.network import NETWORKS

pytestmark = pytest.mark.django_db
CHIEF = "chief"
KEYS = {"client_id": CLIENT, "client_secret": KEY}


@pytest.fixture
def lab(settings):
    settings.LANGUAGE_CODE = "en"
    settings.WAGTAILADMIN_BASE_URL = "https://desk.example"
    with served(Server()) as server:
        settings.SMEDITOR = {**settings.SMEDITOR, "NETWORKS": NETWORKS, "ALLOWED_PRIVATE_HOSTS": ["127.0.0.1"]}
        yield server


@pytest.fixture
def chief(client, db):
    user = world.make_user("edith", CHIEF)
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def app(lab):
    return NetworkApp.objects.create(network="consent_lab", server_url=lab.url, keys=KEYS, entered_at=timezone.now())


def at(name: str, *args: object) -> str:
    return reverse(f"smeditor:{name}", args=args)


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser").find("main")


def text_of(response) -> str:
    return " ".join(page_of(response).get_text(" ").split())


def begun(client: Client, network: str = "consent_lab") -> str:
    """Begin a connection; returns the address of the consent screen."""
    response = client.post(at("account_begin", network), follow=True)
    return page_of(response).select_one("a.button[rel=noreferrer]")["href"]


def come_back(client: Client, url: str):
    """Follow the return of the consent screen, wherever the admin says that it lies."""
    parts = urlsplit(url)
    assert parts.netloc == "desk.example"
    return client.get(f"{parts.path}?{parts.query}", follow=True)


def connect_page(client: Client, lab: Server, key: str = "0", **more: object):
    response = come_back(client, lab.consent(begun(client)))
    address = response.redirect_chain[-1][0]
    return client.post(address, {"identity": key, **more}, follow=True)


def test_each_network_is_a_card_with_what_it_needs(chief, lab):
    cards = {
        card.h2.get_text(strip=True): card for card in page_of(chief.get(at("account_networks"))).select("li.sme-card")
    }
    assert {"Bluesky", "Consent Lab", "Mastodon"} <= set(cards)
    assert "A page of your own, and an app at the Consent Lab." in cards["Consent Lab"].get_text()
    assert "its access token" in cards["Mastodon"].get_text()
    assert cards["Mastodon"].a["href"] == f"{reverse('smeditor_accounts:add')}?network=mastodon"


def test_the_form_of_a_pasted_secret_asks_only_for_its_own_network_s(chief, lab):
    form = page_of(chief.get(reverse("smeditor_accounts:add"), {"network": "bluesky"}))
    assert [field["name"] for field in form.select("[name^=secret_]")] == ["secret_app_password"]
    assert [option["value"] for option in form.select("#id_network option")] == ["bluesky"]


def test_a_network_with_a_consent_screen_has_no_form_to_paste_into(chief, lab):
    response = chief.get(reverse("smeditor_accounts:add"), {"network": "consent_lab"})
    assert response.url == at("account_network", "consent_lab")
    typed = {"network": "consent_lab", "server_url": lab.url, "approval": "one", "minimum_gap": "0"}
    typed |= {"slots-TOTAL_FORMS": "0", "slots-INITIAL_FORMS": "0"}
    assert "own consent screen" in chief.post(reverse("smeditor_accounts:add"), typed).content.decode()
    assert not Account.objects.exists()


def test_without_the_app_s_keys_the_page_says_how_to_get_them_and_offers_no_connection(chief, lab):
    shown = page_of(chief.get(at("account_network", "consent_lab")))
    assert not shown.select(f"form[action='{at('account_begin', 'consent_lab')}']")
    assert shown.find("details", open=True).get_text().count("Create an app at the Consent Lab.")
    assert shown.select_one("#address-return")["value"] == "https://desk.example" + at("account_return", "consent_lab")
    assert shown.find(string=re.compile("A review takes two weeks."))


def test_an_address_without_https_is_explained(chief, lab, settings):
    settings.WAGTAILADMIN_BASE_URL = "http://127.0.0.1:8000"
    assert "WAGTAILADMIN_BASE_URL" in text_of(chief.get(at("account_network", "consent_lab")))


def test_the_app_s_keys_are_entered_once_and_its_secret_is_never_shown(chief, lab):
    typed = {**KEYS, "server_url": lab.url}
    response = chief.post(at("account_app", "consent_lab"), typed, follow=True)
    assert "Connect through Consent Lab" in text_of(response)
    row = NetworkApp.objects.get()
    assert (row.keys, row.entered_by, row.server_url) == (KEYS, chief.user, lab.url)
    form = chief.get(at("account_app", "consent_lab")).content.decode()
    assert KEY not in form
    assert CLIENT in form
    chief.post(at("account_app", "consent_lab"), {"client_id": CLIENT, "client_secret": "", "server_url": lab.url})
    assert NetworkApp.objects.get().keys == KEYS


def test_no_key_of_an_app_is_stored_where_there_is_none_to_encrypt_it_with(chief, lab, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "SECRET_KEYS": []}
    response = chief.post(at("account_app", "consent_lab"), {**KEYS, "server_url": lab.url})
    assert "no key to store a secret safely" in response.content.decode()
    assert not NetworkApp.objects.exists()


def test_keys_of_the_environment_will_do(chief, lab, monkeypatch):
    monkeypatch.setenv("SMEDITOR_APP_CONSENT_LAB_CLIENT_ID", CLIENT)
    monkeypatch.setenv("SMEDITOR_APP_CONSENT_LAB_CLIENT_SECRET", KEY)
    monkeypatch.setenv("SMEDITOR_APP_CONSENT_LAB_SERVER_URL", lab.url)
    assert "come from the site's environment" in text_of(chief.get(at("account_network", "consent_lab")))
    connect_page(chief, lab)
    assert Account.objects.get().display_name == "The Evening Paper"


def test_from_the_consent_to_the_account(chief, lab, app):
    response = come_back(chief, lab.consent(begun(chief), leave_out=("hide",)))
    shown = text_of(response)
    assert "publish posts" in shown
    assert "Not granted, and therefore not offered hide answers" in shown
    desk = Desk.objects.create(name="City", slug="city")
    response = chief.post(response.redirect_chain[-1][0], {"identity": "1", "desk": desk.pk}, follow=True)
    account = Account.objects.get()
    assert response.redirect_chain[-1][0] == reverse("smeditor_accounts:edit", args=[account.pk])
    assert (account.display_name, account.desk, account.state) == ("The Weekend Supplement", desk, "active")
    assert "knows this account as p2" in response.content.decode()
    assert "hide answers" in text_of(response)
    assert "secret_" not in response.content.decode()
    inspected = text_of(chief.get(reverse("smeditor_accounts:history", args=[account.pk])))
    assert "Connected an account" in inspected


def test_what_is_needed_and_missing_is_said_and_nothing_connected(chief, lab, app):
    response = come_back(chief, lab.consent(begun(chief), leave_out=("post",)))
    assert "Missing: publish posts" in text_of(response)
    assert not page_of(response).select("[name=identity]")
    assert not Account.objects.exists()


def test_the_code_does_not_stay_in_the_browser_s_address(chief, lab, app):
    response = come_back(chief, lab.consent(begun(chief)))
    assert "code=" not in response.redirect_chain[-1][0]


def test_whoever_refuses_there_reads_so_and_can_begin_again(chief, lab, app):
    response = come_back(chief, lab.consent(begun(chief), agree=False))
    assert "You did not agree at the Consent Lab." in text_of(response)
    assert page_of(response).select_one(f"a[href='{at('account_network', 'consent_lab')}']")


def test_a_return_in_another_session_of_the_same_person_is_not_taken(chief, lab, app):
    url = lab.consent(begun(chief))
    other = Client()
    other.force_login(chief.user)
    assert "in another browser" in text_of(come_back(other, url))
    assert "Choose" in come_back(chief, url).content.decode()


def test_somebody_who_is_not_logged_in_brings_nothing_in(chief, lab, app):
    response = come_back(Client(), lab.consent(begun(chief)))
    assert "login" in response.redirect_chain[-1][0]
    assert PendingConnection.objects.get().used_at is None


def test_a_connection_under_way_is_shown_to_nobody_else(chief, lab, app):
    begun(chief)
    pending = PendingConnection.objects.get()
    other = Client()
    other.force_login(world.make_user("nora", CHIEF))
    for name in ("account_consent", "account_choose"):
        response = other.get(at(name, pending.pk))
        assert "no such connection under way" in text_of(response)
        assert lab.url not in response.content.decode()


def test_a_choice_that_took_too_long_says_so(chief, lab, app):
    response = come_back(chief, lab.consent(begun(chief)))
    PendingConnection.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = chief.post(response.redirect_chain[-1][0], {"identity": "0"})
    assert "no such connection under way" in text_of(response)
    assert not Account.objects.exists()


def test_several_are_connected_at_once_and_one_already_connected_is_not_offered(chief, lab, app):
    connect_page(chief, lab)
    response = come_back(chief, lab.consent(begun(chief)))
    boxes = page_of(response).select("[name=identity]")
    assert [box.has_attr("disabled") for box in boxes] == [True, False]
    entry = reverse("smeditor_accounts:edit", args=[Account.objects.get().pk])
    assert page_of(response).select_one(f"a[href='{entry}']")


def test_the_network_s_own_fault_is_a_sentence(chief, lab, app):
    url = lab.consent(begun(chief))
    NetworkApp.objects.update(server_url="http://127.0.0.1:9")
    PendingConnection.objects.update(server_url="http://127.0.0.1:9")
    assert "cannot be reached" in text_of(come_back(chief, url))


# an account that is there


@pytest.fixture
def account(chief, lab, app):
    connect_page(chief, lab)
    return Account.objects.get()


def test_a_refused_account_is_connected_again_by_one_button(chief, lab, account):
    lab.revoke_all()
    chief.post(at("account_verify", account.pk))
    account.refresh_from_db()
    assert account.state == "failed"
    shown = chief.get(reverse("smeditor_accounts:edit", args=[account.pk]))
    assert "Press “Reconnect”" in text_of(shown)
    assert page_of(shown).select_one(f"button[formaction='{at('account_reconnect', account.pk)}']")
    response = chief.post(at("account_reconnect", account.pk), follow=True)
    assert str(account) in text_of(response)
    url = page_of(response).select_one("a.button[rel=noreferrer]")["href"]
    response = come_back(chief, lab.consent(url))
    assert response.redirect_chain[-1][0] == reverse("smeditor_accounts:edit", args=[account.pk])
    account.refresh_from_db()
    assert account.state == "active"


def test_another_identity_is_refused_with_a_sentence(chief, lab, account):
    lab.pages = {"p9": "Another Paper"}
    response = chief.post(at("account_reconnect", account.pk), follow=True)
    url = page_of(response).select_one("a.button[rel=noreferrer]")["href"]
    assert "You consented as Another Paper" in text_of(come_back(chief, lab.consent(url)))


def test_an_account_of_another_desk_is_neither_reconnected_nor_disconnected(chief, lab, account):
    account.desk = Desk.objects.create(name="City", slug="city")
    account.save()
    group = chief.user.groups.get()
    group.permissions.remove(group.permissions.get(codename="act_for_all_desks"))
    chief.post(at("account_reconnect", account.pk))
    chief.post(at("account_disconnect", account.pk))
    chief.post(at("account_test", account.pk))
    account.refresh_from_db()
    assert (account.state, account.test_message) == ("active", {})
    assert not PendingConnection.objects.exists()


def test_a_test_is_sent_and_deleted(chief, lab, account):
    response = chief.post(at("account_test", account.pk), follow=True)
    assert "Only the account itself sees it" in response.content.decode()
    assert page_of(response).select_one(f"a[href^='{lab.url}/shown/']")
    assert [post["visibility"] for post in lab.posts.values()] == ["self"]
    chief.post(at("account_test_delete", account.pk))
    assert lab.posts == {}


def test_disconnecting_is_asked_first_done_then_and_the_account_stays(chief, lab, account):
    assert "erased" in text_of(chief.get(at("account_disconnect", account.pk)))
    response = chief.post(at("account_disconnect", account.pk), follow=True)
    assert "access is taken back" in response.content.decode()
    account.refresh_from_db()
    assert (account.state, account.secret) == ("disconnected", {})
    for name in ("account_verify", "account_pause", "account_test"):
        assert "disconnected" in chief.post(at(name, account.pk), follow=True).content.decode()
    account.refresh_from_db()
    assert account.state == "disconnected"


def test_while_the_network_is_down_one_is_asked_whether_to_insist(chief, lab, account):
    Account.objects.update(server_url="http://127.0.0.1:9")
    response = chief.post(at("account_disconnect", account.pk))
    assert "Nothing was changed" in text_of(response)
    account.refresh_from_db()
    assert account.secret
    chief.post(at("account_disconnect", account.pk), {"come_what_may": "1"})
    account.refresh_from_db()
    assert (account.state, account.secret) == ("disconnected", {})


def test_the_webhooks_of_an_account_are_asked_for_and_ended_with_it(chief, lab):
    NetworkApp.objects.create(network="consent_lab_by_hand", server_url=lab.url, keys=KEYS, entered_at=timezone.now())
    address = come_back(chief, lab.consent(begun(chief, "consent_lab_by_hand"))).redirect_chain[-1][0]
    chief.post(address, {"identity": "0"})
    account = Account.objects.get()
    [hook] = lab.hooks
    assert hook["address"] == f"https://desk.example/smeditor/hooks/consent_lab_by_hand/{account.webhook_key}/"
    assert hook["secret"] == account.secret["webhook_secret"]
    chief.post(at("account_disconnect", account.pk))
    account.refresh_from_db()
    assert (lab.hooks, account.webhook_key) == ([], None)


def test_an_account_that_sent_something_is_disconnected_and_not_deleted(chief, account):
    world.make_delivery(world.make_post(accounts=[account]), account)
    response = chief.post(reverse("smeditor_accounts:delete", args=[account.pk]), follow=True)
    assert "Disconnect it instead" in response.content.decode()


def test_the_list_says_how_each_account_stands(chief, lab, account):
    Account.objects.update(scopes=["post", "read"])
    world.make_account("soon", reconnect_by=timezone.now() + timedelta(days=5, hours=1))
    shown = text_of(chief.get(reverse("smeditor_accounts:index")))
    assert "renewed by itself" in shown
    assert "in 5 days" in shown
    assert "Not granted, and therefore not offered: hide answers." in shown


def test_the_pages_ask_the_database_the_same_however_many_there_are(chief, lab, app):
    url = lab.consent(begun(chief))
    lab.pages = {f"p{number}": f"Page {number}" for number in range(40)}
    address = come_back(chief, url).redirect_chain[-1][0]
    few = {"p0": "Page 0"}

    def queries(of: str) -> int:
        chief.get(of)
        with CaptureQueriesContext(connection) as asked:
            assert chief.get(of).status_code == 200
        return len(asked)

    many = queries(address)
    lab.pages = few
    assert queries(come_back(chief, lab.consent(begun(chief))).redirect_chain[-1][0]) == many


def test_no_page_on_the_way_holds_a_script_or_a_style_of_its_own(chief, lab, app, account):
    inline = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style|\sstyle=|\son[a-z]+=", re.I)
    pages = [chief.get(at("account_networks")), chief.get(at("account_network", "consent_lab"))]
    pages += [chief.get(at("account_app", "consent_lab")), chief.get(at("account_disconnect", account.pk))]
    pages.append(chief.post(at("account_begin", "consent_lab"), follow=True))
    pages.append(come_back(chief, lab.consent(begun(chief))))
    for response in pages:
        assert not inline.findall(str(page_of(response))), response.request["PATH_INFO"]
