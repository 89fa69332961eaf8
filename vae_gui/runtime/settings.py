"""Settings: theme, folders, recent files and window layout between starts."""

import base64
import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QByteArray, QObject, QStandardPaths

from vae_gui.core.datasets.places import folder_of_environment
from vae_gui.core.vae.config import DEVICES
from vae_gui.runtime.settings_file import SettingsFile

MAX_RECENT_FILES = 8
MAX_OWN_IMAGES = 100
SHARE_SECONDS = 0.3  # for which the window waits for an answer about files

MIN_TYPE, MAX_TYPE = 0.5, 3.0


class Settings(QObject):
    """Typed access to the file of the settings; a value that cannot be read is its default."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = SettingsFile(default_settings_path())

    @property
    def theme(self) -> str:
        """`light`, `dark`, or `system` until one is chosen."""
        value = self._text("theme")
        return value if value in ("light", "dark") else "system"

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.set("theme", name)

    @property
    def type_size(self) -> float:
        """Return the size of the type relative to the desktop's."""
        try:
            size = float(self._text("type_size") or 1.0)
        except ValueError:
            return 1.0
        return size if MIN_TYPE <= size <= MAX_TYPE else 1.0

    @type_size.setter
    def type_size(self, size: float) -> None:
        self._store.set("type_size", str(size))

    @property
    def welcomed(self) -> bool:
        """Say whether the app was started here before."""
        return self._text("welcomed") == "yes"

    @welcomed.setter
    def welcomed(self, on: bool) -> None:
        self._store.set("welcomed", "yes" if on else "")

    @property
    def device(self) -> str:
        """Return the device on which models are trained on this machine."""
        value = self._text("device")
        return value if value in DEVICES else "auto"

    @device.setter
    def device(self, kind: str) -> None:
        if kind != self.device:
            self._store.set("device", kind)

    @property
    def data_folder(self) -> Path:
        value = self._text("data_folder")
        return Path(value) if value else default_data_folder()

    @data_folder.setter
    def data_folder(self, folder: Path) -> None:
        self._store.set("data_folder", str(folder))

    @property
    def last_folder(self) -> Path:
        return Path(
            self._text("last_folder")
            or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        )

    @last_folder.setter
    def last_folder(self, folder: Path) -> None:
        self._store.set("last_folder", str(folder))

    @property
    def recent_files(self) -> tuple[Path, ...]:
        """Newest first, without those that are known to be gone."""
        return _not_gone(self._remembered_files()[:MAX_RECENT_FILES])

    def remember_file(self, path: Path) -> None:
        others = [other for other in self._remembered_files() if other != path]
        names = [str(item) for item in [path, *others][:MAX_RECENT_FILES]]
        self._store.set("recent_files", names)

    def _remembered_files(self) -> list[Path]:
        value = self._store.value("recent_files")
        items = value if isinstance(value, list) else []
        return [Path(name) for name in items if isinstance(name, str) and _is_path(name)]

    @property
    def own_images(self) -> dict[str, str]:
        """The name of own images, which says where they are, by their digest; newest first."""
        value = self._store.value("own_images")
        texts = value if isinstance(value, list) else [value]
        pairs = (text.partition(" ") for text in texts if isinstance(text, str))
        return {digest: name for digest, _, name in pairs if name}

    @own_images.setter
    def own_images(self, names: dict[str, str]) -> None:
        texts = [f"{digest} {name}" for digest, name in names.items()]
        self._store.set("own_images", texts[:MAX_OWN_IMAGES])

    @property
    def geometry(self) -> QByteArray:
        return self._bytes("window/geometry")

    @property
    def layout(self) -> QByteArray:
        return self._bytes("window/layout")

    def keep_window(self, geometry: QByteArray, layout: QByteArray) -> None:
        self._keep_bytes("window/geometry", geometry)
        self._keep_bytes("window/layout", layout)

    def _text(self, key: str) -> str:
        value = self._store.value(key)
        return value if isinstance(value, str) else ""

    def _bytes(self, key: str) -> QByteArray:
        """Bytes that Qt made; empty where a single one was changed, for Qt can hang on others for ever."""
        digest, _, text = self._text(key).partition(":")
        try:
            content = base64.b64decode(text, validate=True)
        except ValueError:
            return QByteArray()
        return QByteArray(content if digest == _digest(key, content) else b"")

    def _keep_bytes(self, key: str, value: QByteArray) -> None:
        content = bytes(value.data())
        self._store.set(key, f"{_digest(key, content)}:{base64.b64encode(content).decode()}")


def _is_path(name: str) -> bool:
    """Tell whether a system can be asked for a file of that name."""
    try:
        return name != "" and b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        return False


def _not_gone(files: Sequence[Path]) -> tuple[Path, ...]:
    """Leave out files that are gone; one on a share that sleeps stays, for the window does not wait for it."""
    gone: set[Path] = set()

    def look(file: Path) -> None:
        # Path.is_file would raise where a name is too long.
        if not os.path.isfile(file):  # noqa: PTH113
            gone.add(file)

    threads = [Thread(target=look, args=(file,), daemon=True) for file in files]
    for thread in threads:
        thread.start()
    end = time.monotonic() + SHARE_SECONDS
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return tuple(file for file in files if file not in gone)


def _digest(key: str, content: bytes) -> str:
    return hashlib.sha256(key.encode() + content).hexdigest()


def default_settings_path() -> Path:
    base = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericConfigLocation)
    return Path(base) / "vae-explorer" / "settings.json"


def default_data_folder() -> Path:
    """Return where data sets are looked for, and where downloaded ones go, until a person chooses."""
    return folder_of_environment() or own_folder("datasets")


def own_folder(name: str) -> Path:
    """A folder of the app's own, which may not be there yet."""
    base = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(base) / name
