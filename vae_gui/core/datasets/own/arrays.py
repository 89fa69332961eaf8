"""The arrays in an NPZ or an NPY file: their headers, and each as a stream of bytes."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from vae_gui.core.datasets.io.idx import MAX_BYTES
from vae_gui.core.datasets.own.npy import NpyError, NpyHeader, read_header
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import open_checked

SUFFIXES = (".npy", ".npz")
_MAX_FILE_BYTES = 9 * MAX_BYTES
_MAX_MEMBERS = 1000
_PIECE = 1 << 20
_METHODS = (
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
)  # those of NumPy; others unpack without a limit
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    OverflowError,
    struct.error,
)


def headers(path: Path) -> dict[str, NpyHeader]:
    """Return the headers of all arrays of plain numbers or strings that are as long as they claim, by name.

    The array of an NPY file is called "images".
    """
    if _is_single(path):
        with opened(path, "") as file:
            try:
                header = read_header(file)
            except NpyError:
                return {}
        whole = header.length + header.data_bytes == path.stat().st_size
        return {"images": header} if whole else {}
    found = {}
    with _archive(path) as archive:
        if len(archive.infolist()) > _MAX_MEMBERS:
            raise UserError(
                f"“{path.name}” holds more than {_MAX_MEMBERS:,} arrays: save the images as one array."
            )
        for info in archive.infolist():
            if not info.filename.endswith(".npy") or info.compress_type not in _METHODS:
                continue
            with archive.open(info) as member:
                try:
                    header = read_header(member)
                except NpyError:
                    continue
            if header.length + header.data_bytes == info.file_size:
                found[info.filename.removesuffix(".npy")] = header
    return found


@contextmanager
def opened(path: Path, name: str) -> Iterator[IO[bytes]]:
    """The array of that name from its header on; whatever damage turns up in the block becomes a UserError."""
    if not _is_single(path):
        with _archive(path) as archive, archive.open(f"{name}.npy") as member:
            yield member
        return
    try:
        with open_checked(path, largest=_MAX_FILE_BYTES) as file:
            yield file
    except _DAMAGE as error:
        raise _damaged(path) from error


def _is_single(path: Path) -> bool:
    return path.suffix.lower() == ".npy"


def _damaged(path: Path) -> UserError:
    return UserError(
        f"“{path.name}” cannot be used because its content is damaged: save it again with numpy."
    )


class _ShortReads:
    """A file of which nobody takes much at once: `zipfile` would read a directory of any size whole."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, count: int = -1) -> bytes:
        if count > _PIECE:
            raise zipfile.BadZipFile("the directory is too large")
        return self._file.read(_PIECE if count < 0 else count)


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The opened file, with damage as in `opened`."""
    try:
        with (
            open_checked(path, largest=_MAX_FILE_BYTES) as file,
            zipfile.ZipFile(_ShortReads(file)) as archive,
        ):
            yield archive
    except _DAMAGE as error:
        raise _damaged(path) from error


def skip(member: IO[bytes], count: int) -> None:
    while count:
        count -= len(read_exactly(member, min(count, _PIECE)))


def read_exactly(member: IO[bytes], count: int) -> bytes:
    """EOFError where the member ends before."""
    pieces = []
    while count:
        piece = member.read(min(count, _PIECE))
        if not piece:
            raise EOFError
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)
