"""Pingback's XML-RPC: written, read, and harmless whatever comes."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.exceptions import BadAnswer, Refused, Temporary
from smeditor.networks.client import GuardedClient
from smeditor.networks.webmention import xml_rpc
from smeditor.networks.webmention.pairs import Pair
from smeditor.networks.webmention.sending import announce
from tests.networks.mention_site import running_site

SOURCE, TARGET = "https://blog.example/1?a=1&b=<2>", "https://paper.example/tram/"

ADDRESSES = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF, exclude_categories=["C", "Z"]), min_size=1)


@given(ADDRESSES, ADDRESSES)
def test_a_call_is_read_as_it_was_written(source, target):
    assert xml_rpc.read_call(xml_rpc.call(source, target)) == (source, target)


def test_a_string_may_be_written_bare():
    body = xml_rpc.call(SOURCE, TARGET).replace(b"<string>", b"").replace(b"</string>", b"")
    assert xml_rpc.read_call(body) == (SOURCE, TARGET)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<methodCall><methodName>pingback.ping</methodName><params><param><value>&b;</value></param></params></methodCall>"""
OUTSIDE = BOMB.replace(b'"aaaaaaaaaa"', b'SYSTEM "file:///etc/passwd"')


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", xml_rpc.PARSE_ERROR),
        (b"hello", xml_rpc.PARSE_ERROR),
        (BOMB, xml_rpc.PARSE_ERROR),
        (OUTSIDE, xml_rpc.PARSE_ERROR),
        (OUTSIDE.decode().encode("utf-16"), xml_rpc.PARSE_ERROR),
        (b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE x+AD4-', xml_rpc.PARSE_ERROR),
        (b"<methodCall>" + b"<x>" * 3000 + b"</methodCall>", xml_rpc.PARSE_ERROR),
        (b"<methodCall>" + b" " * 20_000 + b"</methodCall>", xml_rpc.PARSE_ERROR),
        (b"<methodResponse/>", xml_rpc.PARSE_ERROR),
        (b"<methodCall><methodName>system.listMethods</methodName></methodCall>", xml_rpc.NO_SUCH_METHOD),
        (b"<methodCall><methodName>pingback.ping</methodName></methodCall>", xml_rpc.WRONG_PARAMETERS),
        (xml_rpc.call(SOURCE, "").replace(b"string>", b"int>"), xml_rpc.WRONG_PARAMETERS),
        (xml_rpc.call(SOURCE, TARGET).replace(b"<string>", b"<array>").replace(b"</string>", b"</array>"), -32602),
    ],
)
def test_what_is_no_ping_is_a_fault(body, code):
    with pytest.raises(xml_rpc.BadCall) as caught:
        xml_rpc.read_call(body)
    assert caught.value.code == code


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reading_of_a_call_or_an_answer(body):
    for read, error in ((xml_rpc.read_call, xml_rpc.BadCall), (xml_rpc.read_answer, BadAnswer)):
        with suppress(error):
            read(body)


def test_answers_are_read_as_they_are_written():
    assert xml_rpc.read_answer(xml_rpc.success("Thank <you>")).fault is None
    refused = xml_rpc.read_answer(xml_rpc.fault(17, "no link & no luck"))
    assert (refused.fault, refused.text) == (17, "no link & no luck")


@pytest.mark.parametrize("code", ["", "seventeen", "--1", "1.5"])
def test_a_fault_whose_code_is_none_counts_as_the_general_one(code):
    body = xml_rpc.fault(17, "x").replace(b"<int>17</int>", f"<int>{code}</int>".encode())
    assert xml_rpc.read_answer(body).fault == 0


@pytest.fixture(scope="module")
def site():
    with running_site() as site:
        yield site


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (xml_rpc.success("ok"), None),
        (xml_rpc.fault(48, "already registered"), None),
        (xml_rpc.fault(17, "no link"), Refused),
        (xml_rpc.fault(33, "no target"), Refused),
        (xml_rpc.fault(50, "upstream"), Temporary),
        (xml_rpc.fault(16, "no source yet"), Temporary),
        (b"<html>a page</html>", Refused),
    ],
)
def test_a_page_with_a_pingback_server_is_pinged(site, answer, error):
    site.posted.clear()
    site.listen("/xmlrpc", 200, answer)
    target = site.show("/old-blog", "<html></html>", 200, ("X-Pingback", f"{site.url}/xmlrpc"))
    with GuardedClient(allowed_private_hosts=["127.0.0.1"]) as client:
        if error:
            with pytest.raises(error):
                announce(client, Pair(SOURCE, target), pingbacks=True)
        else:
            announce(client, Pair(SOURCE, target), pingbacks=True)
    assert [xml_rpc.read_call(posted.body) for posted in site.posted] == [(SOURCE, target)]


def test_a_pingback_server_is_told_once_only(site):
    site.posted.clear()
    target = site.show("/once", "<html></html>", 200, ("X-Pingback", f"{site.url}/xmlrpc"))
    with GuardedClient(allowed_private_hosts=["127.0.0.1"]) as client:
        announce(client, Pair(SOURCE, target), pingbacks=True, first=False)
    assert site.posted == []
