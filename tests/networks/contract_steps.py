"""What the contract's tests do over and over: publish, and pick out of what came home."""

from __future__ import annotations

import io
import json
import struct
import time
import traceback
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from smeditor.networks.base import (
    Batch,
    InboundItem,
    Kind,
    Media,
    MediaKind,
    Message,
    Network,
    Prepared,
    Progress,
    Receipt,
    Ref,
)
from tests.networks.harness import Fault, Harness

UNREADABLE = (Fault.NOT_JSON, Fault.CUT, Fault.WRONG_SHAPE)


def token() -> str:
    """A word that no other message contains."""
    return f"zq{uuid.uuid4().hex[:12]}"


def now() -> datetime:
    return datetime.now(UTC)


def png(width: int = 12, height: int = 8) -> bytes:
    """A small valid PNG, one colour, made here."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\x00" + bytes((200, 30, 60)) * width for _ in range(height))
    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, io.SEEK_END)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        out.write(chunk(name, data))
    return out.getvalue()


def sample(kind: MediaKind, alt: str, types: Sequence[str]) -> Media:
    """A small piece of media of ``kind``, of the first of ``types`` that can be made here.

    A double looks at type and size only: what stands for a film is no film.
    """
    if kind is MediaKind.IMAGE:
        return picture(alt)
    facts: dict[str, Any] = {"kind": kind, "width": 320, "height": 320}
    if kind in (MediaKind.VIDEO, MediaKind.ANIMATION):
        facts["duration"] = 5.0
    return Media.from_bytes(f"{kind}-{token()}".encode() * 64, types[0], alt, **facts)


def picture(alt: str) -> Media:
    return Media.from_bytes(png(), "image/png", alt, width=12, height=8)


MOST_STEPS = 200
LONGEST_PAUSE = 0.2
"""Seconds: servers on loopback are done sooner than a network says."""


def steps_of(
    network: Network, message: Message, so_far: Mapping[str, Any] | None = None
) -> Iterator[Progress | Prepared]:
    """Take the steps of preparing ``message``, each from what the one before left in the database."""
    reached = dict(so_far or {})
    for _step in range(MOST_STEPS):
        step = network.prepare(message, json.loads(json.dumps(reached)))
        yield step
        if isinstance(step, Prepared):
            return
        reached = step.so_far
        time.sleep(min(step.again_after.total_seconds(), LONGEST_PAUSE))
    raise AssertionError(f"not prepared after {MOST_STEPS} steps")


def fully_prepared(network: Network, message: Message) -> Prepared:
    """Prepare ``message`` to its end."""
    return fully_prepared_from(network, message, {})


def fully_prepared_from(network: Network, message: Message, so_far: Mapping[str, Any]) -> Prepared:
    """The same from what an earlier worker had reached."""
    *_steps, last = steps_of(network, message, so_far)
    return last


def publish(harness: Harness, message: Message) -> tuple[Prepared, str, Receipt]:
    """Prepare and send; returns what was prepared, the identity and the receipt."""
    network = harness.network
    prepared = Prepared.from_json(json.loads(json.dumps(fully_prepared(network, message).as_json())))
    if network.capabilities.media_with_message:
        prepared = replace(prepared, media=message.media)
    identity = network.mint_identity(now())
    return prepared, identity, network.send(prepared, identity, now())


def ref_of(harness: Harness, text: str, **kwargs) -> Ref:
    return publish(harness, harness.message(text, **kwargs))[2].ref


def has(native_id: str) -> Callable[[Batch], bool]:
    return lambda batch: any(inbound.native_id == native_id for inbound in batch.inbound)


def of_kind(kind: Kind, subject: str) -> Callable[[Batch], bool]:
    return lambda batch: any(inbound.kind is kind and inbound.subject == subject for inbound in batch.inbound)


def the(batch: Batch, native_id: str) -> InboundItem:
    return next(inbound for inbound in batch.inbound if inbound.native_id == native_id)


def assert_says_no_secret(error: BaseException, harness: Harness) -> None:
    written = "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))
    assert not [secret for secret in harness.secrets if secret in written]


def eventually(ask: Callable[[], Any], wanted: Callable[[Any], bool], seconds: float = 15.0) -> Any:
    """Ask until the answer is as ``wanted``, for an index may be late; return the last answer."""
    deadline = time.monotonic() + seconds
    while not wanted(answer := ask()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return answer
