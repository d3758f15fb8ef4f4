"""What a demo and the fault harness rely on, of every double: it starts, lets the desk in, shows posts, has readers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest

from smeditor.networks.base import App, Credentials, Media, Message, Network, Ref
from smeditor.networks.client import GuardedClient
from smeditor.networks.registry import SHIPPED, get_network_class
from tests.networks.contract_steps import fully_prepared, now
from tests.networks.doubles.__main__ import double_of
from tests.networks.doubles.base import Double, served
from tests.networks.doubles.controls import control_of

ROOT = Path(__file__).resolve().parents[2]
SLUGS = [slug for slug in SHIPPED if find_spec(f"tests.networks.doubles.{slug}")]
REDIRECT = "https://desk.example/back"


def connected(url: str, slug: str, client: GuardedClient) -> Network:
    """The desk's adapter, with what the double's own address gives it."""
    known = httpx.get(f"{url}/_double/connection").json()
    keys = httpx.post(f"{url}/_double/app", json={"redirect_uri": REDIRECT}).json()
    assert known["server_url"] == url
    return get_network_class(slug)(Credentials(**known), client=client, app=App(url, keys))


@pytest.fixture
def client() -> Iterator[GuardedClient]:
    with GuardedClient(allowed_private_hosts=["127.0.0.1"], timeout=30) as client:
        yield client


@pytest.fixture(params=SLUGS)
def double(request: Any) -> Iterator[Double]:
    with served(double_of(request.param)) as server:
        yield server
        assert server.breaches == []


def written(network: Network, text: str) -> Ref:
    """A post of the newsroom's, with an image where there is none without."""
    image = Media.from_bytes(
        b"\xff\xd8", "image/jpeg", width=1200, height=800, public_url="https://paper.example/1.jpg"
    )
    message = Message(text, media=(image,) if network.capabilities.needs_media else ())
    sent = now()
    return network.send(fully_prepared(network, message), network.mint_identity(sent), sent).ref


def answered(network: Network, text: str, to: str) -> Ref:
    """The newsroom's answer to the reader's comment ``to``."""
    sent = now()
    return network.send(fully_prepared(network, Message(text, reply_to=Ref(to))), network.mint_identity(sent), sent).ref


def write(double: Double, text: str, post: str = "") -> httpx.Response:
    return httpx.post(f"{double.url}/_double/reaction", json={"by": "amelie", "text": text, "post": post})


@pytest.mark.parametrize("slug", SLUGS)
def test_a_double_that_is_started_by_hand_lets_the_desk_in(slug, client):
    command = [sys.executable, "-m", "tests.networks.doubles", slug]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            name, _, url = process.stdout.readline().strip().partition(": ")
            assert name == slug
            assert connected(url, slug, client).verify().remote_id
        finally:
            process.terminate()


def test_what_the_desk_published_is_seen_and_a_reader_writes_under_it(double, client):
    network, control = connected(double.url, double.slug, client), control_of(double)
    if network.capabilities.sends:
        assert control.visible() == []
        ref = written(network, "The harbour opens")
        assert [text for text, _native_id in control.visible()] == ["The harbour opens"]
        assert control.messages() == {"The harbour opens": [native_id for _text, native_id in control.visible()]}
        comment = write(double, "When, please?", ref.uri).json()["id"]
        ours = [ref]
    else:
        comment, ours = write(double, "When, please?").json()["id"], []
        ours.append(answered(network, "At noon", comment))
        assert control.messages() == {"At noon": [ours[0].uri]}
    found = {item.native_id: item.text for item in network.collect({}, ours).inbound}
    assert found == {comment: "When, please?"}


def test_nobody_writes_under_what_is_not_there(double):
    assert write(double, "Hello?", "4711").status_code == 404
