"""The file behind the settings: texts and lists of texts by name, as JSON.

Not QSettings: its parser builds whatever variant a file names, and some of them end the process.
"""

import json
import logging
from contextlib import suppress
from pathlib import Path

from vae_gui.core.support.errors import UnreadableError, UserError
from vae_gui.core.support.files import atomic_write, open_checked, replace_file
from vae_gui.core.support.json_values import fields

MAX_BYTES = 2**20
Value = str | list[str]


class SettingsFile:
    """Read once, written whole at each change.

    A file that holds something else is kept beside it as `damaged`; one that cannot be read now stays as it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged = path.with_name(f"{path.stem}-damaged{path.suffix}")
        self._unkept: dict[str, object] = {}  # what was set and is in no file yet
        self._values: dict[str, object] = {}
        with suppress(UnreadableError):
            self._values = self._read()

    def value(self, name: str) -> object:
        """Return the value as it is in the file, whatever it is; None where there is none."""
        return self._values.get(name)

    def set(self, name: str, value: Value) -> None:
        """Keep a value; where that cannot be, a warning in the log is all that comes of it, and the next one keeps both."""
        self._unkept |= {name: value}
        self._values |= {name: value}
        try:
            # Another window may have written.
            self._values = self._values | self._read() | self._unkept
            with suppress(OSError):  # then the file cannot be written either
                self.path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(self.path) as file:
                file.write(json.dumps(self._values, indent=1).encode())
            self._unkept = {}
        except UserError as error:
            logging.getLogger(__name__).warning("The settings were not kept: %s", error)

    def _read(self) -> dict[str, object]:
        """Return what the file holds, nothing where there is none; raises UnreadableError where that cannot be known."""
        try:
            with open_checked(self.path, MAX_BYTES) as file:
                return fields(json.load(file))
        except UnreadableError as error:
            if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                return {}
            raise
        except (UserError, ValueError, TypeError, RecursionError):
            with suppress(OSError):
                replace_file(self.path, self.damaged)
            return {}
