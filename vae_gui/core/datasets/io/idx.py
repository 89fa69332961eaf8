"""The one reader of IDX files (the format of MNIST), written for files that nobody can vouch for."""

import math
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.io.throttle import ReportThrottle
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import open_checked
from vae_gui.core.support.progress import Job, Progress, finish

MAX_ITEMS = 200_000
MAX_BYTES = 10**9
_PIECE = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"
_UNSIGNED_BYTE = 8
# Deflate cannot shrink a run of equal bytes further than this, so a header that claims more is false.
_MAX_COMPRESSION = 1032
# Images, even as 8-byte numbers, are not packed tighter than this; only a bomb is.
_MAX_PLAUSIBLE = 200
_UNSUSPICIOUS = 64 * 2**20


class _DamageError(Exception):
    """An error that says what is wrong with the content, as part of a sentence."""


def is_bomb(unpacked_bytes: int, packed_bytes: int) -> bool:
    """Say whether so few packed bytes hold so many that the file can only be meant to fill the memory."""
    return unpacked_bytes > max(_UNSUSPICIOUS, _MAX_PLAUSIBLE * packed_bytes)


def read_images(path: Path) -> NDArray[np.uint8]:
    """Images (n, height, width) uint8, read-only."""
    return finish(load_images(path))


def load_images(path: Path) -> Job[NDArray[np.uint8]]:
    """The same as a job, for files of any size."""
    return (yield from _read(path, dimensions=3))


def read_labels(path: Path) -> NDArray[np.uint8]:
    """Labels (n,) uint8, read-only."""
    return finish(_read(path, dimensions=1))


def _read(path: Path, dimensions: int) -> Job[NDArray[np.uint8]]:
    """The array in a raw or gzipped file; UserError unless header and content agree to the byte."""
    header_bytes = 4 + 4 * dimensions
    try:
        with open_checked(path, largest=header_bytes + MAX_BYTES) as file:
            return (yield from _parse(file, os.fstat(file.fileno()).st_size, dimensions))
    except _DamageError as damage:
        raise UserError(
            f"“{path.name}” cannot be used because {damage}: replace it with a fresh copy."
        ) from damage


def _parse(file: BinaryIO, file_bytes: int, dimensions: int) -> Job[NDArray[np.uint8]]:
    compressed = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    file.seek(0)
    header_bytes = 4 + 4 * dimensions
    pieces = _inflate(file) if compressed else iter(lambda: file.read(_PIECE), b"")
    start = bytearray()
    while len(start) < header_bytes:
        start += _next_piece(pieces)
    shape = _shape(bytes(start[:header_bytes]), dimensions)
    _check_size(header_bytes + math.prod(shape), file_bytes, compressed)
    values = yield from _fill(start[header_bytes:], pieces, math.prod(shape))
    return values.reshape(shape)


def _next_piece(pieces: Iterator[bytes]) -> bytes:
    try:
        return next(pieces)
    except StopIteration:
        raise _DamageError("it ends too early") from None


def _inflate(file: BinaryIO) -> Iterator[bytes]:
    """The content of a gzip file in bounded pieces, its checksum verified at the end."""
    stream = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    while not stream.eof:
        given = stream.unconsumed_tail or file.read(_PIECE)
        try:
            piece = stream.decompress(given, _PIECE)
        except zlib.error:
            raise _DamageError("its compressed content is damaged") from None
        if piece:
            yield piece
        elif not given:
            raise _DamageError("it ends too early")
    if stream.unused_data or file.read(1):
        raise _DamageError("something follows its compressed content")


def _shape(header: bytes, dimensions: int) -> tuple[int, ...]:
    """The lengths in the header: two zero bytes, the type, the number of dimensions, then they."""
    if header[:2] != b"\0\0":
        raise _DamageError("it is not an IDX file")
    if header[2] != _UNSIGNED_BYTE:
        raise _DamageError("its values are not single bytes")
    if header[3] != dimensions:
        wanted = "images" if dimensions == 3 else "labels"
        raise _DamageError(f"it holds no {wanted}")
    shape = tuple(int(length) for length in np.frombuffer(header, ">u4", offset=4))
    if 0 in shape:
        raise _DamageError("it is empty")
    if shape[0] > MAX_ITEMS:
        raise _DamageError(f"it claims {shape[0]:,} items and {MAX_ITEMS:,} are the most")
    if math.prod(shape) > MAX_BYTES:
        raise _DamageError(f"it claims more than {MAX_BYTES // 10**6:,} MB")
    return shape


def _check_size(claimed: int, file_bytes: int, compressed: bool) -> None:
    """Compare what the header claims with what the file can hold, before any memory is taken."""
    if compressed and is_bomb(claimed, file_bytes):
        raise _DamageError("it claims far more than a file of its size holds")
    if claimed > (file_bytes * _MAX_COMPRESSION if compressed else file_bytes):
        raise _DamageError("it ends too early")
    if claimed < file_bytes and not compressed:
        raise _DamageError("it is longer than its header says")


def _fill(start: bytes | bytearray, pieces: Iterator[bytes], count: int) -> Job[NDArray[np.uint8]]:
    """Fill exactly `count` values from `start` and then `pieces`; at most one piece is read in vain."""
    values = np.empty(count, np.uint8)
    pace = ReportThrottle()
    filled = 0
    piece: bytes | bytearray | None = start
    while piece is not None:
        end = filled + len(piece)
        if end > count:
            raise _DamageError("it is longer than its header says")
        values[filled:end] = np.frombuffer(piece, np.uint8)
        filled = end
        if pace.is_due():
            yield Progress(filled, count, "Reading images")
        piece = next(pieces, None)
    if filled < count:
        raise _DamageError("it ends too early")
    values.flags.writeable = False
    return values
