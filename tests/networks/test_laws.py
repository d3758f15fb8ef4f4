"""What holds for every network, those of tomorrow included: nobody sleeps, nobody loads what is not used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from smeditor.networks.base import Guarantee, MediaKind, Webhooks
from smeditor.networks.kinds import WITHOUT_TEXT
from smeditor.networks.registry import SHIPPED, network_classes

NETWORKS = Path(__file__).resolve().parents[2] / "smeditor/networks"
CLASSES = network_classes()
SLUGS = [network.slug for network in CLASSES]
WAITING = {"sleep", "wait", "join"}
WAITS_RIGHTLY = {"client.py", "deadline.py"}
"""The guarded client's own threads, which look names up within a deadline."""


def called_names(path: Path) -> set[str]:
    """The methods of modules and objects that are called in a file, strings' own ``join`` left out."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_a_string = isinstance(node.func.value, ast.Constant | ast.JoinedStr) or node.func.attr == "join"
            if not of_a_string:
                found.add(node.func.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
    return found


def test_no_adapter_sleeps():
    waiting = {
        str(path.relative_to(NETWORKS)): names
        for path in sorted(NETWORKS.rglob("*.py"))
        if path.name not in WAITS_RIGHTLY and (names := called_names(path) & WAITING)
    }
    assert waiting == {}


def test_importing_the_package_loads_no_network():
    code = "import smeditor.networks, smeditor.networks.base, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    packages = {path.rpartition(".")[0] for path in SHIPPED.values()}
    assert [
        name for name in loaded if any(name == package or name.startswith(f"{package}.") for package in packages)
    ] == []


@pytest.mark.parametrize("network", CLASSES, ids=SLUGS)
def test_the_guarantee_follows_from_how_it_sends(network):
    able = network.capabilities
    if able.guarantee is Guarantee.EXACTLY_ONCE:
        assert able.idempotent_send or able.read_back
    elif able.guarantee is Guarantee.READ_BACK:
        assert able.read_back
    else:
        assert not able.read_back
        assert not able.idempotent_send


@pytest.mark.parametrize("network", CLASSES, ids=SLUGS)
def test_what_is_declared_is_written(network):
    """A capability without its method, or a method without its capability, would be found out by an editor."""
    able, base = network.capabilities, network.__mro__[-3]
    written = {name for cls in network.__mro__[:-3] for name in vars(cls)}
    assert base.__name__ == "Network"
    assert ("edit" in written) == able.edit
    assert ("delete" in written) == able.delete
    assert ("operate" in written) == bool(able.reader_operations)
    assert ("receive" in written) == (able.webhooks is not Webhooks.NONE)
    assert ("stream" in written) == able.streams
    assert ("refresh" in written) == able.refresh
    assert ("price" in written) == able.priced
    assert (
        {"authorize", "exchange"} <= written if network.connecting.consent else not {"authorize", "exchange"} & written
    )


@pytest.mark.parametrize("network", CLASSES, ids=SLUGS)
def test_what_is_said_to_whoever_connects_an_account_is_complete(network):
    connecting = network.connecting
    assert connecting.consent or connecting.secrets
    assert str(connecting.needs), "one sentence: what is needed at the provider"
    assert connecting.steps
    if connecting.consent:
        assert connecting.app_fields
        assert connecting.scopes
        assert all(str(scope.reason) for scope in connecting.scopes)


@pytest.mark.parametrize("network", CLASSES, ids=SLUGS)
def test_only_what_is_written_can_be_answered(network):
    able = network.capabilities
    assert not set(WITHOUT_TEXT) & able.answers
    assert able.reply or not able.answers


@pytest.mark.parametrize("network", CLASSES, ids=SLUGS)
def test_the_documented_limits_hold_together(network):
    limits = network.default_limits
    if not network.capabilities.sends:
        return
    assert limits.max_length > 0
    assert set(limits.media) <= set(MediaKind)
    assert all(media.max_count <= limits.max_media for media in limits.media.values())
    if network.capabilities.needs_media:
        assert limits.image.max_count or limits.of(MediaKind.VIDEO).max_count
