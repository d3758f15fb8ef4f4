"""The real Bluesky network of demo and tests says what is missing where it cannot run."""

from __future__ import annotations

import pytest

from newsroom.demo import bluesky_network
from newsroom.demo.bluesky_network import BlueskyUnavailable, find_package, start
from tests.networks.servers import free_port


@pytest.fixture
def installed(monkeypatch, tmp_path):
    package = tmp_path / "atp" / "node_modules" / "@atproto" / "dev-env"
    package.mkdir(parents=True)
    (package / "package.json").write_text("{}")
    monkeypatch.setenv("SMEDITOR_ATP_DIR", str(tmp_path / "atp"))
    monkeypatch.setattr(bluesky_network.shutil, "which", lambda name: f"/usr/bin/{name}")
    return tmp_path / "atp"


def test_without_node_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(bluesky_network.shutil, "which", lambda name: None)
    with pytest.raises(BlueskyUnavailable, match=r"Node\.js is not installed"):
        start(tmp_path, free_port())


def test_without_the_package_it_names_the_script(monkeypatch, tmp_path):
    monkeypatch.setenv("SMEDITOR_ATP_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(BlueskyUnavailable, match=r"\.ci/install-bluesky"):
        find_package()


def test_the_package_is_found_where_the_variable_says(installed):
    assert find_package() == installed


def test_without_redis_it_says_so(installed, tmp_path):
    with pytest.raises(BlueskyUnavailable, match="Redis does not answer"):
        start(tmp_path, free_port(), redis=f"127.0.0.1:{free_port()}")


def test_without_postgresql_it_says_so(installed, tmp_path, monkeypatch):
    monkeypatch.setattr(bluesky_network, "_ask_redis", lambda address: None)
    with pytest.raises(BlueskyUnavailable, match="PostgreSQL does not answer"):
        start(tmp_path, free_port(), postgres=f"postgresql://127.0.0.1:{free_port()}/postgres")


def test_stopping_leaves_no_files(tmp_path, monkeypatch, installed):
    """The package is a sham here, so the start fails; nothing may stay behind."""
    monkeypatch.undo()
    monkeypatch.setenv("SMEDITOR_ATP_DIR", str(installed))
    if bluesky_network.shutil.which("node") is None:
        pytest.skip("Node.js is not installed")
    with pytest.raises(BlueskyUnavailable, match="did not start"):
        start(tmp_path / "var", free_port(), appview=False)
    assert not list((tmp_path / "var").iterdir())
