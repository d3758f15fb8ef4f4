"""The table of the documentation is what the classes declare, word by word."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from smeditor.networks import matrix
from smeditor.networks.base import Capabilities
from smeditor.networks.registry import SHIPPED, network_classes

PAGE = Path(__file__).resolve().parents[2] / "docs/networks/README.md"
INSIDE = {
    *("idempotent_send", "identity_lifetime", "read_back", "refresh_ahead"),  # how the guarantee comes about
    *(
        "card_with_image",
        "needs_media",
        "fetches_media",
        "media_with_message",
        "reply",
        "reply_mentions",
        "private_test",
    ),
}
"""What the engine and the checks read and no reader of a table asks for."""


def test_the_table_of_the_page_is_what_the_networks_declare():
    assert matrix.matrix(network_classes()) in PAGE.read_text(), "print it with: manage.py smeditor_networks"


def test_every_capability_has_its_row():
    source = Path(matrix.__file__).read_text()
    missing = {field.name for field in fields(Capabilities) if f'"{field.name}"' not in source}
    assert {name for name in missing if f".{name}" not in source} <= INSIDE


def test_every_network_that_ships_has_its_page():
    missing = [slug for slug in SHIPPED if not (PAGE.parent / f"{slug}.md").exists()]
    assert missing == []


def test_every_page_says_what_the_admin_says_to_whoever_connects_an_account():
    for network in network_classes():
        page = (PAGE.parent / f"{network.slug}.md").read_text()
        flat = " ".join(page.split())
        for sentence in (*network.connecting.steps, *network.connecting.notes):
            assert " ".join(str(sentence).split()) in flat, (network.slug, str(sentence))
