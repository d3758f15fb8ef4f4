"""The one guarded client: nothing leaves for a private address, and no server can hold or drown the desk."""

from __future__ import annotations

import gzip
import ssl
import time
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from smeditor.exceptions import BadAnswer, FetchRefused, OutcomeUnknown, SmeditorError, Temporary, TooLarge
from smeditor.networks.client import GuardedClient, is_public
from tests.networks.raw_server import raw_server, whole
from tests.networks.servers import free_port

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


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_public(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_as_public_in_ipv6_clothes(address):
    assert is_public(f"::ffff:{address}") == is_public(str(address))


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


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """(server context, client context) with a certificate for news.example only, trusted by the client."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "news.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("news.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem, secret)
    return server, ssl.create_default_context(cafile=str(pem))


def tls_client(context: ssl.SSLContext | None, *hosts: str) -> GuardedClient:
    return client(allowed_private_hosts=hosts, resolver=lambda host, port: ["127.0.0.1"], ssl_context=context)


def test_a_pinned_address_is_verified_by_its_name(certificate):
    """The connection goes to 127.0.0.1; the certificate, the server name and the Host header are news.example's."""
    names, heads = [], []
    server, trusting = certificate
    server.sni_callback = lambda sock, name, context: names.append(name)

    def answer(connection, head):
        heads.append(head)
        whole(b"safe")(connection, head)

    with raw_server(answer, tls=server) as port:
        assert tls_client(trusting, "news.example").get(f"https://news.example:{port}/").content == b"safe"
    server.sni_callback = None
    assert names == ["news.example"]
    assert f"Host: news.example:{port}".encode() in heads[0]


def test_a_certificate_for_another_name_is_refused(certificate):
    server, trusting = certificate
    with raw_server(whole(b"no"), tls=server) as port, pytest.raises(Temporary, match="certificate"):
        tls_client(trusting, "evil.example").get(f"https://evil.example:{port}/")


def test_a_certificate_that_nobody_signed_is_refused(certificate):
    with raw_server(whole(b"no"), tls=certificate[0]) as port, pytest.raises(Temporary, match="certificate"):
        tls_client(None, "news.example").get(f"https://news.example:{port}/")


def test_a_connection_verified_for_one_name_is_not_used_for_another(certificate):
    """Two names at one address (any shared host): the second must pass its own certificate check."""
    server, trusting = certificate

    def keep_alive(connection, head):
        for _request in range(2):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            if not connection.recv(65_536):
                return

    with raw_server(keep_alive, tls=server) as port:
        fetcher = tls_client(trusting, "news.example", "evil.example")
        assert fetcher.get(f"https://news.example:{port}/").content == b"ok"
        with pytest.raises(Temporary, match="certificate"):
            fetcher.get(f"https://evil.example:{port}/")


# how much, how long


def test_a_page_of_fifty_megabytes_is_not_read_to_its_end():
    sent = []

    def flood(connection, _head):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
        for _piece in range(800):
            connection.sendall(b"x" * 62_500)
            sent.append(62_500)

    with raw_server(flood) as port, pytest.raises(TooLarge) as caught:
        client(max_bytes=1_000_000).get(f"http://127.0.0.1:{port}/")
    assert "1000 kB" in caught.value.sentence
    assert sum(sent) < 30_000_000


def test_a_gzip_bomb_is_unpacked_only_to_the_limit():
    bomb = gzip.compress(b"\0" * 200_000_000, 9)
    with raw_server(whole(bomb, "Content-Encoding: gzip")) as port:
        tracemalloc.start()
        with pytest.raises(TooLarge):
            client(max_bytes=1_000_000, timeout=20).get(f"http://127.0.0.1:{port}/")
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 400_000])
def test_a_packed_answer_is_unpacked_whole(size):
    body = bytes(index * 7919 % 251 for index in range(size))
    with raw_server(whole(gzip.compress(body), "Content-Encoding: gzip")) as port:
        assert client().get(f"http://127.0.0.1:{port}/").content == body


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"not gzip", "gzip"), (gzip.compress(b"x" * 5000)[:-20], "gzip"), (b"x", "br"), (b"x", "gzip, gzip")],
)
def test_an_answer_that_cannot_be_unpacked_is_a_bad_one(body, encoding):
    with raw_server(whole(body, f"Content-Encoding: {encoding}")) as port, pytest.raises(BadAnswer):
        client().get(f"http://127.0.0.1:{port}/")


def drip(prefix: bytes, piece: bytes):
    def answer(connection, _head):
        connection.sendall(prefix)
        for _drop in range(200):
            connection.sendall(piece)
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize(
    ("prefix", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Slow: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b" "),
    ],
    ids=["body", "headers", "chunks", "nothing"],
)
def test_a_server_that_drips_is_given_up_when_the_time_is_over(prefix, piece):
    with raw_server(drip(prefix, piece)) as port:
        started = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            client(timeout=1).get(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - started < 3


# what an error means


def test_nobody_listening_is_a_passing_thing():
    with pytest.raises(Temporary) as caught:
        client().get(f"http://127.0.0.1:{free_port()}/")
    assert "127.0.0.1" in caught.value.sentence


@pytest.mark.parametrize("failure", [OSError("no such host"), UnicodeError("label too long")])
def test_an_unknown_name_is_a_passing_thing(failure):
    def resolver(host: str, port: int) -> list[str]:
        raise failure

    with pytest.raises(Temporary, match=r"nowhere\.example"):
        GuardedClient(resolver=resolver).get("http://nowhere.example/")


def test_a_name_without_an_address_is_a_passing_thing():
    with pytest.raises(Temporary):
        GuardedClient(resolver=lambda host, port: []).get("http://empty.example/")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", b"gibberish\r\n\r\n"])
def test_a_broken_answer_leaves_the_outcome_unknown(answer):
    with raw_server(lambda connection, head: connection.sendall(answer)) as port, pytest.raises(OutcomeUnknown):
        client().request("POST", f"http://127.0.0.1:{port}/", json={})


def test_a_header_that_cannot_be_sent_is_refused_without_repeating_it():
    with raw_server(whole(b"")) as port, pytest.raises(FetchRefused) as caught:
        client().get(f"http://127.0.0.1:{port}/", headers={"Authorization": "Bearer s3cret\nX-Evil: 1"})
    assert "s3cret" not in repr(caught.value) + str(caught.value)
    assert caught.value.__cause__ is None


@given(st.text(max_size=60))
def test_no_address_however_odd_escapes_the_tree_of_errors(url):
    fetcher = GuardedClient(
        resolver=lambda host, port: ["93.184.216.34"],
        transport=httpx.MockTransport(lambda request: httpx.Response(200)),
    )
    with suppress(SmeditorError):
        fetcher.get(url)
