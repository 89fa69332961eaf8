"""The places of autosaves: one folder for each running window, with a lock that ends with its process."""

import uuid
from contextlib import suppress
from itertools import count
from pathlib import Path

from PySide6.QtCore import QLockFile

from vae_gui.core.storage.workspace import SUFFIX
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import remove_file
from vae_gui.runtime.settings import own_folder

LOCK = "lock"


class AutosaveFolders:
    """This window's own folder, and those of windows that are gone, which it takes over."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._own: Path | None = None
        self._locks: dict[Path, QLockFile] = {}
        self._numbers = count(1)

    def new_path(self) -> Path:
        """Return a path for a run that has no autosave yet; raise UserError where there can be none."""
        if self._own is None:
            folder = self.root / uuid.uuid4().hex
            try:
                folder.mkdir(parents=True)
            except OSError as error:
                raise UserError(
                    f"The folder “{self.root}” cannot be used ({error.strerror})."
                ) from error
            if not self._lock(folder):
                raise UserError(f"The folder “{folder}” cannot be locked.")
            self._own = folder
        return self._own / f"autosave-{next(self._numbers)}{SUFFIX}"

    def claim(self) -> tuple[Path, ...]:
        """The autosaves of windows that are gone, newest first; no other window is given them."""
        found: list[tuple[float, Path]] = []
        for folder in self.root.glob("*/"):  # none where it cannot be read
            with suppress(OSError):
                if folder not in self._locks and self._lock(folder):
                    found += [(path.stat().st_mtime, path) for path in folder.glob(f"*{SUFFIX}")]
        return tuple(path for _, path in sorted(found, reverse=True))

    def release(self) -> None:
        """Leave what still lies there to the next start; folders without an autosave go."""
        for folder, lock in self._locks.items():
            if not any(folder.glob(f"*{SUFFIX}")):
                with suppress(OSError):
                    for leftover in folder.glob(".*.tmp"):  # of a window that was killed in a save
                        remove_file(leftover)
            lock.unlock()
            with suppress(OSError):
                folder.rmdir()
        self._locks, self._own = {}, None

    def _lock(self, folder: Path) -> bool:
        lock = QLockFile(str(folder / LOCK))
        lock.setStaleLockTime(0)  # it is not stale because it is old
        # The system knows better than the number in the file, which another process may have by now:
        # it refuses to remove the file while the process that made it lives.
        locked = lock.tryLock(0) or (lock.removeStaleLockFile() and lock.tryLock(0))
        if locked:
            self._locks[folder] = lock
        return locked


def default_autosave_folder() -> Path:
    """Return the folder for autosaves in the app's own folder."""
    return own_folder("autosave")
