"""The file behind the settings: texts and lists of texts by name, as JSON.

Not QSettings: its parser builds whatever variant a file names, and some of them end the process.
"""

import json
import logging
from contextlib import suppress
from pathlib import Path

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, open_checked
from vae_gui.core.support.json_values import fields

LARGEST_BYTES = 2**20
Value = str | list[str]


class SettingsFile:
    """Read once, written whole at each change; a file that cannot be read is kept beside it as `damaged`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged = path.with_name(f"{path.stem}-damaged{path.suffix}")
        self._values = self._read()

    def value(self, name: str) -> object:
        """As it is in the file, whatever it is; None where there is none."""
        return self._values.get(name)

    def set(self, name: str, value: Value) -> None:
        """Keep a value; where the file cannot be written, a warning in the log is all that comes of it."""
        self._values = (
            self._values | self._read() | {name: value}
        )  # another window may have written
        try:
            with suppress(OSError):  # then the file cannot be written either
                self.path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(self.path) as file:
                file.write(json.dumps(self._values, indent=1).encode())
        except UserError as error:
            logging.getLogger(__name__).warning("The settings were not kept: %s", error)

    def _read(self) -> dict[str, object]:
        try:
            with open_checked(self.path, LARGEST_BYTES) as file:
                return fields(json.load(file))
        except (UserError, ValueError, TypeError, RecursionError):
            with suppress(OSError):  # above all where there is none
                self.path.replace(self.damaged)
            return {}
