"""Atomic writing of files, and checked opening of files of unknown origin: the one way for each."""

import errno
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, TypeVar

from vae_gui.core.support.errors import UnreadableError, UserError
from vae_gui.core.support.file_names import problem_with_name

if sys.platform != "win32":
    import fcntl

# A file name holds at most 255 bytes, and a character takes up to four.
_NAME_CHARACTERS = 40
_TOKEN_BYTES = 4
_LARGE = 32 * 2**20
# Like an exit handler's list it is the process's own, for `remove_unfinished` runs while writers hang.
_unfinished: set[Path] = set()
# Opening a pipe would wait for a writer; text mode, which Windows has, would change line ends.
_READ_AT_ONCE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# On Windows a virus scanner or a sync client has a new file open for a moment, and whoever wants it is refused.
_PAUSES_SECONDS = (0.05, 0.05, 0.1, 0.1, 0.2, 0.3, 0.3, 0.4) if sys.platform == "win32" else ()

Result = TypeVar("Result")
Wait = Callable[[float], None]


class _HeldError(PermissionError):
    """A file that another program has open, in a folder that can be written."""


class _ReadOnlyError(PermissionError):
    """A file that Windows replaces for nobody."""


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """A binary file that becomes `path` when the block ends, and leaves no trace if it fails.

    Until the block ends the old file is untouched; after it the new one is on the disk whole.
    A link is followed. An existing file keeps its permissions. What killed writers of the same name
    left behind is removed. Every OSError, the block's own too, becomes a UserError.
    """
    check_name(path)
    target = Path(os.path.realpath(path))
    try:
        mode = _mode_of(target)
        _remove_leftovers(target)
        temporary, file = _open_temporary(target)
        _unfinished.add(temporary)
        try:
            with file:
                yield file
                file.flush()
                os.fsync(file.fileno())
                if sys.platform == "win32":
                    file.close()  # an open file cannot be renamed there; elsewhere it stays locked
                if mode is not None:
                    temporary.chmod(mode)
                _put_in_place(temporary, target)
        finally:
            with suppress(OSError):
                remove_file(temporary)
            _unfinished.discard(temporary)
    except OSError as error:
        raise UserError(_writing_failed(target, error)) from error
    _sync_folder(target.parent)


def _put_in_place(temporary: Path, target: Path) -> None:
    try:
        replace_file(temporary, target)
    except PermissionError as error:
        if sys.platform == "win32":
            raise _HeldError from error
        raise


def replace_file(source: Path, target: Path, wait: Wait = time.sleep) -> None:
    """Give a file the name of another, which goes; raises OSError."""
    _patiently(lambda: source.replace(target), wait)


def remove_file(path: Path, wait: Wait = time.sleep) -> None:
    """Remove a file, if it is there; raises OSError."""
    _patiently(lambda: path.unlink(missing_ok=True), wait)


def _patiently(action: Callable[[], Result], wait: Wait = time.sleep) -> Result:
    """Try again what Windows refuses, for 1.5 s."""
    for pause in _PAUSES_SECONDS:
        try:
            return action()
        except PermissionError:
            wait(pause)
    return action()


def remove_unfinished() -> None:
    """Remove what this process is writing: it ends without waiting for who writes it."""
    for temporary in tuple(_unfinished):
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def check_name(path: Path) -> None:
    """Raise UserError where this system takes no file or folder of that name, or takes it for another."""
    if sys.platform == "win32" and (problem := problem_with_name(path)):
        raise UserError(problem)


def check_writable(path: Path) -> None:
    """Raise the UserError that `atomic_write` would begin with, so that it can be said before long work."""
    check_name(path)
    target = Path(os.path.realpath(path))
    try:
        _mode_of(target)
        temporary, file = _open_temporary(target)
        file.close()
        remove_file(temporary)
    except OSError as error:
        raise UserError(_writing_failed(target, error)) from error


@contextmanager
def open_checked(path: Path, largest: int) -> Iterator[BufferedReader]:
    """Open an existing regular file of at most `largest` bytes; every OSError becomes a UserError.

    All files of unknown origin are opened here: a pipe or a device, which may never answer, is refused.
    A file whose content cannot be had, for now or for good, is an UnreadableError.
    """
    try:
        _refuse_special(path, path.stat())
        with os.fdopen(_patiently(lambda: os.open(path, _READ_AT_ONCE)), "rb") as file:
            status = os.fstat(file.fileno())
            _refuse_special(path, status)  # another may have taken its name since
            if status.st_size > largest:
                raise UserError(
                    f"“{path.name}” is larger than {_size(largest)}, "
                    "more than this kind of file can hold: choose another file."
                )
            if _is_hollow(file.fileno()):
                raise UserError(
                    f"“{path.name}” is mostly empty, as a copy that broke off: choose a whole one."
                )
            yield file
    except OSError as error:
        raise UnreadableError(_reading_failed(path, error)) from error


def _size(count: int) -> str:
    return f"{count / 2**20:,.0f} MB" if count >= 2**20 else f"{count:,} bytes"


def _refuse_special(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UserError(f"“{path.name}” is not a file: choose a file.")


def _open_temporary(target: Path) -> tuple[Path, BinaryIO]:
    """A new hidden file beside the target. Its lock says that its writer is alive."""
    while True:
        name = f"{_prefix(target)}{secrets.token_hex(_TOKEN_BYTES)}.tmp"
        temporary = target.with_name(name)
        file = temporary.open("xb")
        if sys.platform == "win32":  # where nobody can remove an open file
            return temporary, file
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return temporary, file
        file.close()  # another writer took it for a leftover before it was locked


def _prefix(target: Path) -> str:
    """Return how the names of temporary files begin: where the length of paths counts, no shorter than the target's."""
    return f".{target.name if sys.platform == 'win32' else target.name[:_NAME_CHARACTERS]}."


def _remove_leftovers(target: Path) -> None:
    """Remove the temporary files of writers that were killed, but not of those that still write."""
    prefix = re.escape(_prefix(target))
    temporary = re.compile(rf"{prefix}[0-9a-f]{{{2 * _TOKEN_BYTES}}}\.tmp")
    with suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            if temporary.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(OSError):
                    _remove_unless_locked(Path(entry.path))


def _remove_unless_locked(temporary: Path) -> None:
    if sys.platform == "win32":
        temporary.unlink()  # refused, at once and rightly, while somebody writes it
        return
    with temporary.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        temporary.unlink()


def _is_hollow(descriptor: int) -> bool:
    """Say whether less than half of a large file lies on the disk: it claims to hold more than it does."""
    size = os.fstat(descriptor).st_size
    if size < _LARGE or not hasattr(os, "SEEK_HOLE"):
        return False
    held = position = 0
    with suppress(OSError):  # ENXIO: no data behind; others: the file system does not know
        while position < size:
            start = os.lseek(descriptor, position, os.SEEK_DATA)
            position = os.lseek(descriptor, start, os.SEEK_HOLE)
            held += position - start
            if 2 * held >= size:
                break
    hollow = 2 * held < size
    os.lseek(descriptor, 0, os.SEEK_SET)
    return hollow


def _mode_of(target: Path) -> int | None:
    """Return the permissions of the file that is replaced, None for a new one."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise UserError(f"“{target.name or target}” is a folder: choose the name of a file.")
    if not stat.S_ISREG(mode):
        raise UserError(f"“{target.name}” is a device or a pipe: choose the name of a file.")
    if sys.platform == "win32" and not mode & stat.S_IWRITE:
        raise _ReadOnlyError
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
    if isinstance(error, _ReadOnlyError):
        return f"“{name}” may not be changed: take “Read-only” off in its properties, or choose another name."
    if isinstance(error, _HeldError):
        return f"“{name}” is open in another program: close it there, or choose another name."
    if isinstance(error, FileNotFoundError) and sys.platform == "win32" and folder.is_dir():
        return f"The path of “{name}” is too long for Windows: choose a shorter name, or a folder nearer to the drive."
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
        return f"“{path.name}” is not in “{path.absolute().parent}”: choose another file."
    if isinstance(error, PermissionError):
        return f"“{path.name}” may not be read: change its permissions or choose another file."
    return f"“{path.name}” could not be read ({error.strerror or error}): choose another file."
