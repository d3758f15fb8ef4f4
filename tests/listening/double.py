"""A network in memory: the contract as the listening room uses it, and nothing of any real network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from smeditor.networks.base import (
    Author,
    Batch,
    Capabilities,
    InboundItem,
    Kind,
    Limits,
    Network,
    Presence,
    Profile,
    ReadBack,
    Ref,
)

T0 = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


class Square:
    """What all instances of the network share: the batches that wait, what is gone, the calls that were made."""

    def __init__(self) -> None:
        self.batches: list[Batch | Exception] = []
        self.presence: dict[str, Presence] = {}
        self.walked: list[list[str]] = []
        self.cursors: list[dict] = []
        self.checked: list[list[str]] = []
        self.check_error: Exception | None = None

    def say(self, *inbound: InboundItem, more: bool = False, deleted: tuple[str, ...] = ()) -> None:
        self.batches.append(Batch(inbound, {"at": len(self.batches) + 1}, more, deleted))


square = Square()


class MemoryNetwork(Network):
    slug: ClassVar[str] = "memory"
    label: ClassVar[str] = "Memory"
    capabilities: ClassVar[Capabilities] = Capabilities()

    def verify(self) -> Profile:
        return Profile("us", "us@memory.example", "Us", "https://memory.example/us")

    def limits(self) -> Limits:
        return Limits(500, "characters")

    def count(self, text: str) -> int:
        return len(text)

    def mint_identity(self, now: datetime) -> str:
        raise NotImplementedError

    prepare = send = mint_identity

    def read_back(self, prepared: Any, identity: str, since: datetime) -> ReadBack:
        raise NotImplementedError

    def collect(self, cursor: Mapping[str, Any], ours: Sequence[Ref] = ()) -> Batch:
        square.cursors.append(dict(cursor))
        square.walked.append([ref.uri for ref in ours])
        if not square.batches:
            return Batch(cursor=dict(cursor))
        batch = square.batches.pop(0)
        if isinstance(batch, Exception):
            raise batch
        return batch

    def check(self, native_ids: Sequence[str]) -> dict[str, Presence]:
        square.checked.append(list(native_ids))
        if square.check_error:
            raise square.check_error
        return {native_id: square.presence.get(native_id, Presence.ALIVE) for native_id in native_ids}


def person(name: str = "lea", **fields: Any) -> Author:
    return replace(Author(f"https://memory.example/{name}", f"{name}@memory.example", name.title()), **fields)


def message(native_id: str, text: str = "Is the tram free on Sundays?", **fields: Any) -> InboundItem:
    """A public reply, ten o'clock, by Léa unless told otherwise."""
    fields = {"kind": Kind.REPLY, "author": person(), "published_at": T0, **fields}
    return InboundItem(native_id=native_id, text=text, **fields)
