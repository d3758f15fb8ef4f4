"""Networks that fetch media themselves get a signed address that leads nowhere before its time, and nowhere after."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import signing

from smeditor.models import Delivery, PostMedia
from smeditor.publishing.public_media import SALT, address_of
from tests.newsroom import factories
from tests.publishing.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings):
    settings.WAGTAILADMIN_BASE_URL = "https://paper.example"
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def delivery(make_account, make_post) -> Delivery:
    make_post(make_account("mastodon"), media=[PostMedia(image=factories.make_image(60, 40), alt="Tram")])
    return Delivery.objects.get()


def path_of(delivery: Delivery) -> str:
    return address_of(delivery, 0, 0).removeprefix("https://paper.example")


def test_the_picture_of_a_post_on_its_way_out_can_be_fetched(client, delivery):
    response = client.get(path_of(delivery))
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(response.streaming_content)[:2] == b"\xff\xd8"


def test_its_address_ends_as_its_kind_of_file_does(delivery):
    """Networks that judge a file by the end of its address refuse one without."""
    assert address_of(delivery, 0, 0, "image/jpeg").endswith(".jpg")
    assert address_of(delivery, 0, 0, "video/mp4").endswith(".mp4")


@pytest.mark.parametrize(
    "change",
    [
        {"slot": NOON + timedelta(minutes=1)},
        {"not_before": NOON + timedelta(hours=1)},
        {"state": Delivery.State.CANCELLED},
        {"state": Delivery.State.SENT},
        {"approved_hash": "0" * 64},
        {"payload": {}},
    ],
    ids=["before its slot", "under embargo", "cancelled", "sent", "not approved", "changed"],
)
def test_nothing_else_can_be_fetched(client, delivery, change):
    address = path_of(delivery)
    Delivery.objects.update(**change)
    assert client.get(address).status_code == 404


def test_a_withdrawn_approval_closes_the_address(client, delivery):
    address = path_of(delivery)
    delivery.post.unpublish()
    assert client.get(address).status_code == 404


def test_an_address_is_good_for_an_hour(client, delivery, clock):
    address = path_of(delivery)
    clock.shift(timedelta(minutes=61))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "token",
    [
        "x",
        signing.dumps([1, 0, 0, ""], salt="another"),
        signing.dumps(["a"], salt=SALT),
        signing.dumps([10**6, 0, 0, ""], salt=SALT),
    ],
    ids=["nonsense", "of another use", "of another shape", "of no delivery"],
)
def test_a_forged_address_leads_nowhere(client, delivery, token):
    assert client.get(f"/smeditor/media/{token}/file.jpg").status_code == 404


def test_another_place_of_the_payload_leads_nowhere(client, delivery):
    for position, index in ((0, 1), (7, 0), (-1, 5)):
        address = address_of(delivery, position, index).removeprefix("https://paper.example")
        assert client.get(address).status_code == 404
