"""What the app remembers between starts, in one INI file."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, QStandardPaths

MOST_RECENT_FILES = 8


class Settings(QObject):
    """Typed access to QSettings; a value that cannot be read is its default."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "vae-explorer", "vae-explorer"
        )

    @property
    def theme(self) -> str:
        value = self._text("theme")
        return value if value in ("light", "dark") else "dark"

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("theme", name)

    @property
    def data_folder(self) -> Path:
        value = self._text("data_folder")
        return Path(value) if value else default_data_folder()

    @data_folder.setter
    def data_folder(self, folder: Path) -> None:
        self._store.setValue("data_folder", str(folder))

    @property
    def last_folder(self) -> Path:
        return Path(
            self._text("last_folder")
            or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        )

    @last_folder.setter
    def last_folder(self, folder: Path) -> None:
        self._store.setValue("last_folder", str(folder))

    @property
    def recent_files(self) -> tuple[Path, ...]:
        """Newest first; only those that still exist."""
        value = self._store.value("recent_files")
        names = value if isinstance(value, list) else [value] if isinstance(value, str) else []
        return tuple(path for path in map(Path, names) if path.is_file())

    def remember_file(self, path: Path) -> None:
        others = [other for other in self.recent_files if other != path]
        names = [str(item) for item in [path, *others][:MOST_RECENT_FILES]]
        self._store.setValue("recent_files", names)

    @property
    def geometry(self) -> QByteArray:
        return self._bytes("window/geometry")

    @property
    def layout(self) -> QByteArray:
        return self._bytes("window/layout")

    def keep_window(self, geometry: QByteArray, layout: QByteArray) -> None:
        self._store.setValue("window/geometry", geometry)
        self._store.setValue("window/layout", layout)

    def _text(self, key: str) -> str:
        value = self._store.value(key)
        return value if isinstance(value, str) else ""

    def _bytes(self, key: str) -> QByteArray:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()


def default_data_folder() -> Path:
    """Where downloaded data sets go."""
    base = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(base) / "datasets"
