"""The one way in which files are written, and the one in which files of unknown origin are opened."""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from vae_gui.core.support.errors import UserError

# A file name holds at most 255 bytes, and a character takes up to four.
_NAME_CHARACTERS = 40
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """A binary file that becomes `path` when the block ends, and leaves no trace if it fails.

    Until the block ends the old file is untouched; after it the new one is on the disk whole.
    A link is followed. An existing file keeps its permissions. Every OSError, the block's own too,
    becomes a UserError.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = _mode_of(target)
        name = f".{target.name[:_NAME_CHARACTERS]}.{secrets.token_hex(4)}.tmp"
        temporary = target.with_name(name)
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                temporary.chmod(mode)
            temporary.replace(target)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(_writing_failed(target, error)) from error
    _sync_folder(target.parent)


@contextmanager
def open_checked(path: Path, largest: int) -> Iterator[BinaryIO]:
    """An existing regular file of at most `largest` bytes; every OSError becomes a UserError."""
    try:
        # A pipe would block in open() and a device never ends.
        if not stat.S_ISREG(path.stat().st_mode):
            raise UserError(f"“{path.name}” is not a file: choose a file.")
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > largest:
                raise UserError(
                    f"“{path.name}” is larger than {largest / 2**20:,.0f} MB, "
                    "more than this kind of file can hold: choose another file."
                )
            yield file
    except OSError as error:
        raise UserError(_reading_failed(path, error)) from error


def _mode_of(target: Path) -> int | None:
    """The permissions of the file that is replaced, None for a new one."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise UserError(f"“{target.name or target}” is a folder: choose the name of a file.")
    if not stat.S_ISREG(mode):
        raise UserError(f"“{target.name}” is a device or a pipe: choose the name of a file.")
    return stat.S_IMODE(mode)


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut; Windows and some file systems cannot, and need not."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _writing_failed(target: Path, error: OSError) -> str:
    name, folder = target.name, target.parent
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"The folder “{folder}” is not there: choose another folder for “{name}”."
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return f"“{name}” may not be written in “{folder}”: choose another folder."
    if error.errno in _NO_ROOM:
        return f"There is no room for “{name}” on the disk: free some, or choose another folder."
    if error.errno == errno.ENAMETOOLONG:
        return f"The name “{name[:_NAME_CHARACTERS]}…” is too long: choose a shorter one."
    return f"“{name}” could not be written ({error.strerror or error}): choose another folder."


def _reading_failed(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"“{path.name}” is not in “{path.parent}” any more: choose another file."
    if isinstance(error, PermissionError):
        return f"“{path.name}” may not be read: change its permissions or choose another file."
    return f"“{path.name}” could not be read ({error.strerror or error}): choose another file."
