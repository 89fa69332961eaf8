"""PNG files of greys or of a palette in pieces, so that a large picture is written row by row and can be cancelled."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NO_FILTER, _UP = 0, 2
_GREY, _INDEXED = 0, 3


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    """One chunk with its length and its check sum."""
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def header(width: int, height: int, palette: NDArray[np.uint8] | None = None) -> bytes:
    """The start of a file of 8-bit pixels: greys, or indices into a palette (colours, 3)."""
    color_type = _GREY if palette is None else _INDEXED
    start = struct.pack(">IIBBBBB", width, height, 8, color_type, 0, 0, 0)
    colors = b"" if palette is None else chunk(b"PLTE", palette.tobytes())
    return SIGNATURE + chunk(b"IHDR", start) + colors


def scanlines(pixels: NDArray[np.uint8]) -> bytes:
    """Rows (h, w) as they are compressed; each row after the first as the difference to the one above."""
    lines = np.empty((pixels.shape[0], pixels.shape[1] + 1), np.uint8)
    lines[:, 0] = _UP
    lines[0, 0] = _NO_FILTER
    lines[:, 1:] = pixels
    lines[1:, 1:] -= pixels[:-1]
    return lines.tobytes()
