"""The guarded client and the servers it talks to: whose certificate, how much, how long, and what an error means."""

from __future__ import annotations

import gzip
import socket
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

from smeditor import conf
from smeditor.exceptions import BadAnswer, FetchRefused, OutcomeUnknown, SmeditorError, Temporary, TooLarge
from smeditor.networks.client import GuardedClient
from smeditor.networks.deadline import not_after
from smeditor.networks.ssrf_guard import Guard, GuardedBackend
from tests.networks.raw_server import raw_server, whole
from tests.networks.servers import free_port

HERE = ["127.0.0.1"]


def client(**kwargs) -> GuardedClient:
    return GuardedClient(**{"timeout": 3.0, "allowed_private_hosts": HERE, **kwargs})


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
    assert "1000" in caught.value.sentence
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
    with raw_server(whole(gzip.compress(body, mtime=0), "Content-Encoding: gzip")) as port:
        assert client().get(f"http://127.0.0.1:{port}/").content == body


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"not gzip", "gzip"), (gzip.compress(b"x" * 5000, mtime=0)[:-20], "gzip"), (b"x", "br"), (b"x", "gzip, gzip")],
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


def test_nothing_leaves_after_the_moment_that_the_sender_named():
    heads = []

    def answer(connection, head):
        heads.append(head)
        whole(b"ok")(connection, head)

    with raw_server(answer) as port, client() as ours, not_after(time.monotonic() - 1), pytest.raises(Temporary):
        ours.request("POST", f"http://127.0.0.1:{port}/")
    assert heads == []


def test_an_open_connection_is_not_written_to_after_that_moment_either():
    heads = []

    def answer(connection, head):
        heads.append(head)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        heads.append(connection.recv(65_536))

    with raw_server(answer) as port, client() as ours:
        ours.request("POST", f"http://127.0.0.1:{port}/first")
        with not_after(time.monotonic() - 1), pytest.raises(OutcomeUnknown):
            ours.request("POST", f"http://127.0.0.1:{port}/second")
    assert b"/first" in heads[0]
    assert b"".join(heads[1:]) == b""


def test_a_moment_that_is_far_away_leaves_the_requests_own_time_as_it_is():
    with raw_server(drip(b"", b" ")) as port, not_after(time.monotonic() + 60), pytest.raises(OutcomeUnknown):
        client(timeout=0.3).get(f"http://127.0.0.1:{port}/")


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system's kernel has no such option")
def test_the_kernel_does_not_go_on_sending_what_was_given_up():
    with raw_server(whole(b"ok")) as port:
        stream = GuardedBackend(Guard(HERE)).connect_tcp("127.0.0.1", port, 3.0)
        resent_for = stream.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        stream.close()
    assert 0 < resent_for <= conf.get("REQUEST_TIMEOUT") * 1000


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
