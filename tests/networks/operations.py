"""A pytest plugin that counts, for ``make networks``, which operations each network's tests have exercised.

An operation is a method and a path whose ids are taken out; where a network has one path for many, the caller's own name
for it. Each process writes what it counted into the folder of ``--operations``.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from smeditor.networks.http import JsonApi

ID = re.compile(r"(?=.*\d)[\w.:%@~+-]{4,}|-?\d+|\d+_\d+|did:.*|urn.*|\(.*:.*\)|[0-9a-f-]{16,}")
VERSION = re.compile(r"v?\d+(\.\d+)?")
SECRET_IN_PATH = re.compile(r"/bot[^/]+")


def operation(method: str, path: str) -> str:
    """``method`` and ``path`` without what differs from message to message."""
    first, *rest = SECRET_IN_PATH.sub("/bot", path.partition("?")[0]).lstrip("/").split("/")
    if VERSION.fullmatch(first):  # one that is refused makes no other operation
        first = "v"
    return f"{method} /{'/'.join('{}' if ID.fullmatch(part) else part for part in (first, *rest))}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--operations", default="", help="folder for what was exercised")


class Counting:
    """Counts calls by network, and the tests of each by their outcome."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.operations: dict[str, Counter[str]] = defaultdict(Counter)
        self.outcomes: dict[str, Counter[str]] = defaultdict(Counter)
        self.skipped: dict[str, list[str]] = defaultdict(list)

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        slug = re.match(r"tests/networks/test_([a-z]+)", report.nodeid)
        if slug is None or (report.when != "call" and not report.skipped):
            return
        self.outcomes[slug[1]][report.outcome] += 1
        if report.skipped and isinstance(report.longrepr, tuple):
            self.skipped[slug[1]].append(f"{report.nodeid.rpartition('::')[2]}: {report.longrepr[2]}")

    def note(self, label: str, method: str, path: str) -> None:
        self.operations[label][operation(method, path)] += 1

    @pytest.hookimpl
    def pytest_sessionfinish(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        data = {"operations": self.operations, "outcomes": self.outcomes, "skipped": self.skipped}
        (self.folder / f"{uuid.uuid4().hex}.json").write_text(json.dumps(data))


def pytest_configure(config: pytest.Config) -> None:
    folder = config.getoption("--operations")
    if not folder:
        return
    counting = Counting(Path(folder))
    config.pluginmanager.register(counting)
    call = JsonApi.call

    def counted(api: JsonApi, method: str, path: str, **kwargs: Any) -> Any:
        counting.note(api.label, method, path)
        return call(api, method, path, **kwargs)

    JsonApi.call = counted  # type: ignore[method-assign]
