"""What is public is global unicast less every special range: IANA's registries are the source, not Python's idea of them."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.exceptions import FetchRefused
from smeditor.networks.client import GuardedClient
from smeditor.networks.special_ranges import is_public

REGISTRIES = """
0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.0.0/29
192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24
192.88.99.0/24 192.88.99.2/32 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4
240.0.0.0/4 255.255.255.255/32
::1/128 ::/128 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128
2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32
2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 ff00::/8
""".split()  # fmt: skip  # noqa: SIM905
"""IANA's special-purpose registries as of 2025, with multicast."""
NOT_UNICAST = [
    "::/8",
    "100::/8",
    "200::/7",
    "400::/6",
    "800::/5",
    "1000::/4",
    "4000::/2",
    "8000::/2",
    "c000::/3",
    "e000::/4",
    "fec0::/10",
    "f000::/5",
    "f800::/6",
    "fe00::/9",
]
METADATA = [
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd20:ce::254",
]
PUBLIC = ["9.9.9.9", "100.63.255.255", "100.128.0.0", "172.32.0.1", "192.0.1.1", "192.0.3.1", "198.20.0.1", "223.255.255.255", "168.63.129.17",
          "2400:cb00::1", "2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:4700::1111", "2a00:1450::1", "3ffe:ffff::1"]  # fmt: skip


def sides(network):
    return network.network_address, network.broadcast_address


@pytest.mark.parametrize("written", [*REGISTRIES, *NOT_UNICAST])
def test_no_address_of_a_special_range_is_public(written):
    """K14: from its first address to its last."""
    first, last = sides(ipaddress.ip_network(written))
    middle = type(first)((int(first) + int(last)) // 2)
    assert not any(map(is_public, map(str, (first, middle, last))))


@pytest.mark.parametrize("address", METADATA)
def test_where_clouds_keep_their_secrets_nothing_is_fetched(address):
    with pytest.raises(FetchRefused):
        GuardedClient(resolver=lambda host, port: ["93.184.216.34", address]).get("http://innocent.example/")


@pytest.mark.parametrize("address", PUBLIC)
def test_the_neighbours_of_special_ranges_are_public(address):
    assert is_public(address)


@given(
    st.ip_addresses(v=4),
    st.sampled_from(
        ["::ffff:{}", "::{}", "64:ff9b::{}", "::ffff:0:{}", "2a00:1450::5efe:{}", "2a00:1450::200:5efe:{}"]
    ),
)
def test_no_ipv4_address_hides_in_an_ipv6_one(address, clothes):
    """Mapped, compatible, translated (RFC 6052, RFC 2765) and ISATAP addresses, whatever they hold."""
    assert not is_public(clothes.format(address))


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_hides_in_6to4_or_teredo(address):
    high = int(address)
    assert not is_public(str(ipaddress.IPv6Address((0x2002 << 112) | (high << 80) | 1)))
    assert not is_public(str(ipaddress.IPv6Address((0x20010000 << 96) | (high ^ 0xFFFFFFFF))))


@given(st.ip_addresses())
def test_nothing_is_public_that_python_calls_special(address):
    """Nor is anything else refused: what Python takes for global and we do not lies in a range that is named here."""
    if is_public(str(address)):
        assert address.is_global
        assert not any((address.is_multicast, address.is_reserved, address.is_loopback))
    elif address.is_global and not address.is_multicast:
        named = [ipaddress.ip_network(written) for written in [*REGISTRIES, *NOT_UNICAST]]
        assert any(address in network for network in named if network.version == address.version)


@pytest.mark.parametrize("text", ["", "localhost", "1.2.3", "0x7f.1", "1.2.3.4.5", "١.٢.٣.٤", "::g", "08.8.8.8"])
def test_what_is_no_address_is_not_public(text):
    assert not is_public(text)
