"""How long a video is and how large its picture: read from the boxes of an MP4 or QuickTime file, and nothing decoded.

ISO/IEC 14496-12 (ISO base media file format): 4.2 boxes, 8.2.2 ``mvhd`` (time scale and duration), 8.3.2 ``tkhd`` (width,
height and the matrix that turns a picture taken upright). Other files tell nothing here.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MOST_BOXES = 1000
LARGEST_HEADER = 16_000_000
"""Bytes of a ``moov`` box that are read: hours of film have less."""


@dataclass(frozen=True)
class VideoFacts:
    """``width`` and ``height`` in pixels as it is shown, 0 where unknown; ``duration`` in seconds or None."""

    width: int = 0
    height: int = 0
    duration: float | None = None


UNKNOWN = VideoFacts()


def read(stream: BinaryIO) -> VideoFacts:
    """What the file in ``stream`` (seekable, at its beginning) tells of itself; nothing where it is no such file."""
    try:
        header = _movie_header(stream)
        return _facts(header) if header else UNKNOWN
    except (struct.error, IndexError, ValueError, OverflowError, ZeroDivisionError):
        return UNKNOWN


def _movie_header(stream: BinaryIO) -> bytes:
    """The content of the box ``moov``, wherever it stands; empty where there is none that can be read."""
    for _box in range(MOST_BOXES):
        start = stream.tell()
        prefix = stream.read(16)
        if len(prefix) < 8:
            return b""
        size, name = struct.unpack(">I4s", prefix[:8])
        head = 8
        if size == 1:
            (size,), head = struct.unpack(">Q", prefix[8:16]), 16
        if name == b"moov":
            stream.seek(start + head)
            wanted = size - head if size else LARGEST_HEADER
            return stream.read(wanted) if 0 < wanted <= LARGEST_HEADER else b""
        if size < head:
            return b""
        stream.seek(start + size)
    return b""


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    stream, length = io.BytesIO(content), len(content)
    while stream.tell() + 8 <= length:
        size, name = struct.unpack(">I4s", stream.read(8))
        if size < 8:
            return
        yield name, stream.read(size - 8)


def _facts(header: bytes) -> VideoFacts:
    width = height = 0
    duration = None
    for name, content in _boxes(header):
        if name == b"mvhd":
            duration = _duration(content)
        elif name == b"trak":
            sizes = [_size(inner) for inner_name, inner in _boxes(content) if inner_name == b"tkhd"]
            for found in sizes:
                width, height = max((width, height), found, key=lambda pair: pair[0] * pair[1])
    return VideoFacts(width, height, duration)


def _duration(content: bytes) -> float | None:
    if content[0] == 1:
        scale, length = struct.unpack(">IQ", content[20:32])
    else:
        scale, length = struct.unpack(">II", content[12:20])
    endless = 0xFFFFFFFFFFFFFFFF if content[0] == 1 else 0xFFFFFFFF
    return None if length in (0, endless) else float(length / scale)


def _size(content: bytes) -> tuple[int, int]:
    """Width and height of a track as they are shown; (0, 0) for sound."""
    matrix_at = 52 if content[0] == 1 else 40
    a, b = struct.unpack(">ii", content[matrix_at : matrix_at + 8])
    width, height = (value >> 16 for value in struct.unpack(">II", content[matrix_at + 36 : matrix_at + 44]))
    turned = a == 0 and b != 0
    return (height, width) if turned else (width, height)
