"""Streams through the guard: lines and messages as they come, silence and lies ended, no private address opened."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice

import pytest
from websockets.sync.server import serve

from smeditor.exceptions import AuthExpired, FetchRefused, Temporary, TooLarge
from smeditor.networks.base import Credentials
from smeditor.networks.bluesky import Bluesky
from smeditor.networks.client import GuardedClient
from smeditor.networks.mastodon import Mastodon

DID = "did:plc:paper"


@contextmanager
def events(*chunks: bytes, status: int = 200, stays: bool = False) -> Iterator[tuple[str, list]]:
    """A server that answers every GET with ``chunks`` and, with ``stays``, keeps the connection open in silence."""
    asked: list = []
    ending = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("authorization", "")))
            if self.path.endswith("instance"):
                self.send_error(404)
                return
            self.send_response(status)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for chunk in chunks:
                self.wfile.write(chunk)
                self.wfile.flush()
            if stays:
                ending.wait(20)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        ending.set()
        server.shutdown()
        server.server_close()


@contextmanager
def messages(*sent: str) -> Iterator[str]:
    """A WebSocket that sends ``sent`` and closes."""

    def handle(websocket) -> None:
        for message in sent:
            websocket.send(message)

    server = serve(handle, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/subscribe"
    finally:
        server.shutdown()


@pytest.fixture
def client():
    with GuardedClient(allowed_private_hosts=["127.0.0.1"]) as client:
        yield client


def mastodon(url: str, client: GuardedClient) -> Mastodon:
    return Mastodon(Credentials(url, secret={"access_token": "paper-token"}), client=client)


def test_each_notification_is_a_wake_up_and_a_sign_of_life_is_none(client):
    with events(b":thump\n\n", b"event: notification\ndata: {}\n\n:thump\n", b"event: notifica", b"tion\n\n") as (
        url,
        asked,
    ):
        assert len(list(mastodon(url, client).stream())) == 2
    assert asked[-1] == ("/api/v1/streaming/user/notification", "Bearer paper-token")


def test_what_comes_is_told_before_the_answer_ends(client):
    with events(b"event: notification\n", stays=True) as (url, _asked):
        assert list(islice(mastodon(url, client).stream(), 1)) == [None]


def test_a_refused_token_is_told_apart_from_a_server_that_does_not_stream(client):
    for status, error in ((401, AuthExpired), (404, Temporary), (503, Temporary)):
        with events(status=status) as (url, _asked), pytest.raises(error):
            list(mastodon(url, client).stream())


def test_silence_ends_a_stream(client):
    with events(stays=True) as (url, _asked), pytest.raises(Temporary):
        list(client.stream_lines(f"{url}/x", headers={}, silence=0.2))


def test_a_line_without_an_end_is_not_kept(client):
    with events(b"x" * 1_100_000) as (url, _asked), pytest.raises(TooLarge):
        list(client.stream_lines(f"{url}/x", headers={}))


@pytest.mark.parametrize(
    ("named", "believed"),
    [
        ("wss://streaming.social.example", "https://streaming.social.example"),
        ("wss://social.example", "https://social.example"),
        ("wss://evil.example", "https://social.example"),
        ("wss://notsocial.example", "https://social.example"),
        ("ws://streaming.social.example", "https://social.example"),
        (7, "https://social.example"),
        (None, "https://social.example"),
    ],
)
def test_the_token_goes_to_no_other_domain(client, named, believed):
    from smeditor.networks.mastodon.stream import streaming_url

    network = mastodon("https://social.example", client)
    network._instance = {"configuration": {"urls": {"streaming": named}}}
    assert streaming_url(network) == believed


def test_on_jetstream_what_names_the_account_is_a_wake_up_and_its_own_posts_are_none(client):
    sent = (
        '{"did":"did:plc:lea","commit":{"record":{"text":"tram"}}}',
        f'{{"did":"did:plc:lea","commit":{{"record":{{"reply":{{"parent":{{"uri":"at://{DID}/app.bsky.feed.post/1"}}}}}}}}}}',
        f'{{"did":"{DID}","commit":{{"record":{{"reply":{{"parent":{{"uri":"at://{DID}/app.bsky.feed.post/1"}}}}}}}}}}',
    )
    network = Bluesky(Credentials("https://bsky.social", remote_id=DID), client=client)
    with messages(*sent) as url:
        network.jetstream_url = url
        stream = network.stream()
        assert next(stream) is None
        with pytest.raises(Temporary):
            next(stream)


def test_a_network_of_ones_own_is_on_no_public_jetstream(client):
    network = Bluesky(Credentials("http://127.0.0.1:2583", remote_id=DID), client=client)
    assert list(network.stream()) == []


@pytest.mark.parametrize("url", ["ws://10.0.0.1/x", "wss://169.254.169.254/x", "ftp://example.org/x"])
def test_no_private_address_is_opened(url):
    with GuardedClient() as client, pytest.raises(FetchRefused):
        list(client.stream_messages(url))


def test_who_cannot_be_reached_is_a_passing_thing(client):
    with pytest.raises(Temporary):
        list(client.stream_messages("ws://127.0.0.1:9/x"))
