"""Pictures of ours as rows of (red, green, blue, alpha): eight bits each, not interlaced. PNG, section 9."""

import struct
import zlib
from collections.abc import Iterator

Pixel = tuple[int, ...]


def pixels(png: bytes) -> list[list[Pixel]]:
    """The rows of a picture."""
    head, data, at = b"", b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        part = png[at + 8 : at + 8 + length]
        head, data = (part if kind == b"IHDR" else head), data + (part if kind == b"IDAT" else b"")
        at += length + 12
    width, height, depth, colour, *_, interlaced = struct.unpack(">IIBBBBB", head)
    assert (depth, colour in {2, 6}, interlaced) == (8, True, 0)
    return list(_rows(zlib.decompress(data), width, height, 4 if colour == 6 else 3))


def _rows(raw: bytes, width: int, height: int, size: int) -> Iterator[list[Pixel]]:
    above = bytes(width * size)
    for number in range(height):
        start = number * (width * size + 1)
        above = _unfiltered(raw[start], raw[start + 1 : start + 1 + width * size], above, size)
        opaque = (255,) * (4 - size)
        yield [(*above[at : at + size], *opaque) for at in range(0, len(above), size)]


def _unfiltered(kind: int, line: bytes, above: bytes, size: int) -> bytes:
    found = bytearray(line)
    for at, value in enumerate(line):
        left, up = (found[at - size] if at >= size else 0), above[at]
        corner = above[at - size] if at >= size else 0
        nearest = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
        found[at] = (value + (0, left, up, (left + up) // 2, nearest)[kind]) % 256
    return bytes(found)
