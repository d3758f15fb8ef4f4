"""What the contract's tests do over and over: publish, and pick out of what came home."""

from __future__ import annotations

import io
import struct
import traceback
import uuid
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

from smeditor.networks.base import Batch, Image, InboundItem, Kind, Message, Prepared, Receipt, Ref
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


def picture(alt: str) -> Image:
    return Image(data=png(), media_type="image/png", alt=alt, width=12, height=8)


def publish(harness: Harness, message: Message) -> tuple[Prepared, str, Receipt]:
    """Prepare and send; returns what was prepared, the identity and the receipt."""
    network = harness.network
    prepared = Prepared.from_json(network.prepare(message).as_json())
    identity = network.mint_identity(now())
    return prepared, identity, network.send(prepared, identity, now())


def ref_of(harness: Harness, text: str, **kwargs) -> Ref:
    return publish(harness, Message(text, language="fr", **kwargs))[2].ref


def has(native_id: str) -> Callable[[Batch], bool]:
    return lambda batch: any(inbound.native_id == native_id for inbound in batch.inbound)


def of_kind(kind: Kind, subject: str) -> Callable[[Batch], bool]:
    return lambda batch: any(inbound.kind is kind and inbound.subject == subject for inbound in batch.inbound)


def the(batch: Batch, native_id: str) -> InboundItem:
    return next(inbound for inbound in batch.inbound if inbound.native_id == native_id)


def assert_says_no_secret(error: BaseException, harness: Harness) -> None:
    written = "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))
    assert not [secret for secret in harness.secrets if secret in written]
