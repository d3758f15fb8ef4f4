"""Which IP addresses are public: global unicast less every special range.

The rows are those of IANA's registries of special-purpose addresses (RFC 6890; iana-ipv4-special-registry and
iana-ipv6-special-registry), whole blocks even where one address of them is reachable from everywhere, because no web
page lies there. Beside them stand multicast, the ways in which an IPv4 address hides in an IPv6 one, and the addresses
at which clouds serve their machines' secrets. Python's own ``is_global`` knows fewer of them, and other ones in each
version.
"""

from __future__ import annotations

import ipaddress

GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that IANA gives out for IPv6 (RFC 4291, 2.4); what lies outside is reserved, local, mapped or multicast."""

SPECIAL_IPV4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network (RFC 791)
            "10.0.0.0/8",  # private use (RFC 1918)
            "100.64.0.0/10",  # shared by carriers (RFC 6598)
            "127.0.0.0/8",  # loopback (RFC 1122)
            "169.254.0.0/16",  # link-local (RFC 3927), the usual place of a cloud's metadata
            "172.16.0.0/12",  # private use (RFC 1918)
            "192.0.0.0/24",  # IETF protocol assignments (RFC 6890)
            "192.0.2.0/24",  # documentation (RFC 5737)
            "192.31.196.0/24",  # AS112 (RFC 7535)
            "192.52.193.0/24",  # AMT (RFC 7450)
            "192.88.99.0/24",  # 6to4 relays, deprecated (RFC 7526)
            "192.168.0.0/16",  # private use (RFC 1918)
            "192.175.48.0/24",  # AS112 (RFC 7534)
            "198.18.0.0/15",  # benchmarking (RFC 2544)
            "198.51.100.0/24",  # documentation (RFC 5737)
            "203.0.113.0/24",  # documentation (RFC 5737)
            "224.0.0.0/4",  # multicast (RFC 5771)
            "240.0.0.0/4",  # reserved, and the limited broadcast (RFC 1112, RFC 8190)
            "168.63.129.16/32",  # Azure's own services on every virtual machine
        ),
    )
)

SPECIAL_IPV6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments (RFC 2928), Teredo and ORCHID among them
            "2001:db8::/32",  # documentation (RFC 3849)
            "2002::/16",  # 6to4 (RFC 3056): an IPv4 address in IPv6 clothes
            "2620:4f:8000::/48",  # AS112 (RFC 7534)
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)

ISATAP = 0x5EFE
"""The second quarter of an interface identifier that holds an IPv4 address (RFC 5214, 6.1)."""


def is_public(address: str) -> bool:
    """Whether ``address`` is an IP address on the public internet; a zone behind ``%`` is left out of account.

    What is no IP address is not public. An IPv4 address inside an IPv6 one (mapped, compatible, translated, 6to4,
    Teredo, ISATAP) is never public: an honest name leads to the IPv4 address itself.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in SPECIAL_IPV4)
    return ip in GLOBAL_UNICAST and not _is_isatap(ip) and not any(ip in network for network in SPECIAL_IPV6)


def _is_isatap(ip: ipaddress.IPv6Address) -> bool:
    """The identifier ``0000:5efe`` or ``0200:5efe`` and then an IPv4 address, under whatever prefix."""
    quarter = int(ip) >> 32 & 0xFFFFFFFF
    return quarter & ~0x02000000 == ISATAP
