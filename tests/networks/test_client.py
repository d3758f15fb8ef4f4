"""The one guarded client: nothing leaves for a private address, and no server can hold or drown the desk."""

from __future__ import annotations

import pytest

from smeditor.exceptions import BadAnswer, FetchRefused, Temporary
from smeditor.networks.client import GuardedClient
from smeditor.networks.special_ranges import is_public
from tests.networks.raw_server import raw_server, whole

HERE = ["127.0.0.1"]


def client(**kwargs) -> GuardedClient:
    return GuardedClient(**{"timeout": 3.0, "allowed_private_hosts": HERE, **kwargs})


# where it does not go

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:7f00:1::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused(address):
    assert not is_public(address)
    with pytest.raises(FetchRefused):
        GuardedClient(resolver=lambda host, port: [address]).get("http://innocent.example/")


LITERALS = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[fd00::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://①②⑦.⓪.⓪.①/",
]


@pytest.mark.parametrize("url", LITERALS)
def test_no_spelling_of_a_private_address_gets_through(url):
    with pytest.raises((FetchRefused, Temporary)):
        GuardedClient(timeout=2).get(url)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://127.0.0.1:70/",
        "data:text/html,x",
        "javascript:alert(1)",
        "unix:///var/run/docker.sock",
        "http://user:secret@example.org/",
        "https://user@example.org/",
        "http://",
        "http:///path",
        "//example.org/",
        "",
        "http://exa mple.org/",
        "http://[::1",
        "http://" + "a" * 300 + ".org/",
        "not an address",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(FetchRefused) as caught:
        GuardedClient(resolver=lambda host, port: ["93.184.216.34"], timeout=1).get(url)
    assert caught.value.sentence
    assert "secret" not in str(caught.value)


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    with pytest.raises(FetchRefused):
        GuardedClient(resolver=lambda host, port: ["93.184.216.34", "127.0.0.1"]).get("http://mixed.example/")


def test_a_second_dns_answer_leads_nowhere():
    """DNS rebinding: the address is resolved once, and the connection goes to the one that was checked."""
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["192.0.2.1"] if len(asked) > 1 else ["127.0.0.1"]

    with raw_server(whole(b"here")) as port:
        fetcher = client(allowed_private_hosts=["rebind.example"], resolver=rebinding)
        assert fetcher.get(f"http://rebind.example:{port}/").content == b"here"
    assert asked == ["rebind.example"]


def test_every_new_connection_is_checked_anew():
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    with raw_server(whole(b"here")) as port:
        fetcher = client(allowed_private_hosts=[], resolver=lambda host, port: next(answers))
        for _attempt in range(2):
            with pytest.raises(FetchRefused):
                fetcher.get(f"http://turncoat.example:{port}/")


def test_a_redirect_into_the_private_network_is_refused():
    with (
        raw_server(whole(b"", "Location: http://10.0.0.1/admin", status="302 Found")) as port,
        pytest.raises(FetchRefused),
    ):
        client().get(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://u:p@example.org/", "http://[::1", "ftp://x/"])
def test_a_redirect_to_what_is_no_web_address_is_refused(target):
    with (
        raw_server(whole(b"", f"Location: {target}", status="301 Moved")) as port,
        pytest.raises((FetchRefused, BadAnswer)),
    ):
        client().get(f"http://127.0.0.1:{port}/")


def test_endless_redirects_are_given_up():
    with raw_server(whole(b"", "Location: /again", status="302 Found")) as port, pytest.raises(FetchRefused):
        client().get(f"http://127.0.0.1:{port}/")


def test_a_few_redirects_are_followed():
    def answer(connection, head):
        path = head.split()[1].decode()
        following = {"/a": "/b", "/b": "/c"}.get(path)
        reply = whole(b"", f"Location: {following}", status="302 Found") if following else whole(b"arrived")
        reply(connection, head)

    with raw_server(answer) as port:
        response = client().get(f"http://127.0.0.1:{port}/a")
    assert response.content == b"arrived"
    assert response.request.url.path == "/c"


def test_a_token_is_not_taken_along_to_another_server():
    heads = []

    def elsewhere(connection, head):
        heads.append(head)
        whole(b"ok")(connection, head)

    with (
        raw_server(elsewhere) as second,
        raw_server(whole(b"", f"Location: http://127.0.0.1:{second}/", status="302 Found")) as first,
    ):
        client().get(f"http://127.0.0.1:{first}/", headers={"Authorization": "Bearer s3cret", "X-Kept": "yes"})
    assert b"s3cret" not in heads[0]
    assert b"X-Kept" in heads[0]


def test_a_request_with_effect_follows_no_redirect():
    with raw_server(whole(b"", "Location: /b", status="302 Found")) as port:
        assert client().request("POST", f"http://127.0.0.1:{port}/").status_code == 302


def test_an_allowed_host_may_be_limited_to_its_port():
    with raw_server(whole(b"ok")) as port:
        assert client(allowed_private_hosts=[f"127.0.0.1:{port}"]).get(f"http://127.0.0.1:{port}/").status_code == 200
        with pytest.raises(FetchRefused):
            client(allowed_private_hosts=["127.0.0.1:1"]).get(f"http://127.0.0.1:{port}/")


def test_cookies_are_not_kept():
    heads = []

    def answer(connection, head):
        heads.append(head)
        whole(b"ok", "Set-Cookie: id=tracker; Path=/")(connection, head)

    with raw_server(answer) as port, client() as fetcher:
        fetcher.get(f"http://127.0.0.1:{port}/")
        fetcher.get(f"http://127.0.0.1:{port}/")
    assert b"tracker" not in heads[1]


def test_the_next_address_is_tried_when_the_first_gives_no_connection():
    with raw_server(whole(b"second")) as port:
        fetcher = client(allowed_private_hosts=["two.example"], resolver=lambda host, port: ["127.0.0.2", "127.0.0.1"])
        assert fetcher.get(f"http://two.example:{port}/").content == b"second"
