"""The colours and the size of the type, as they were chosen and as a presentation needs them."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from vae_gui.runtime.settings import Settings
from vae_gui.ui.style.theme import LIGHT, choose_theme, current_theme
from vae_gui.ui.style.type_size import body_px

SIZES = (0.85, 1.0, 1.15, 1.3, 1.5, 1.75)  # of the type, against the desktop's
PRESENTED = 1.4


class Appearance(QObject):
    """What is chosen is kept for the next start. restyle: is called after each change."""

    def __init__(self, settings: Settings, restyle: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._restyle = settings, restyle
        self._presents = False
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system)

    @property
    def theme(self) -> str:
        """What is chosen: `light`, `dark` or `system`."""
        return self._settings.theme

    def toggle_theme(self) -> None:
        """From light to dark or back."""
        self.set_theme("dark" if current_theme() is LIGHT else "light")

    def set_theme(self, name: str) -> None:
        """`light`, `dark`, or `system` to follow the desktop from now on."""
        self._settings.theme = name
        self._apply()

    def larger(self) -> None:
        self._step(1)

    def smaller(self) -> None:
        self._step(-1)

    def usual(self) -> None:
        """The type as large as the desktop's."""
        self._settings.type_size = 1.0
        self._apply()

    def set_presenting(self, on: bool) -> None:
        """Larger type for a whole room."""
        self._presents = on
        self._apply()

    def _on_system(self) -> None:
        """The desktop turned dark or light."""
        if self._settings.theme == "system":
            self._apply()

    def _step(self, step: int) -> None:
        now = min(range(len(SIZES)), key=lambda index: abs(SIZES[index] - self._settings.type_size))
        self._settings.type_size = SIZES[min(len(SIZES) - 1, max(0, now + step))]
        self._apply()

    def _apply(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        scale = self._settings.type_size * (PRESENTED if self._presents else 1.0)
        choose_theme(app, self._settings.theme, body_px(scale))
        self._restyle()
