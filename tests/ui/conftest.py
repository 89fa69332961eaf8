"""What tests of widgets share: panels on the owners of the app's state."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from tests.ui.listening import Listener
from vae_gui.runtime.context import Context
from vae_gui.ui.access import reading
from vae_gui.ui.access.interface import install_readings
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.style.theme import DARK, apply_theme

# Qt writes these itself on macOS alone; elsewhere it asks its translators for the words of a key.
SYMBOLS = {
    "Ctrl": "⌘",
    "Shift": "⇧",
    "Del": "⌦",
    "Backspace": "⌫",
    "Esc": "⎋",
    "Home": "↖",
    "Return": "↩",
    "+": "",
}

PanelType = TypeVar("PanelType", bound=Panel)


class PanelOf(Protocol):
    def __call__(
        self, kind: Callable[[Context], PanelType], width: int, height: int, shown: bool = True
    ) -> PanelType: ...


@pytest.fixture
def panel_of(qtbot, qapp: QApplication, context: Context) -> PanelOf:
    """Builds a panel and shows it at a size, `panel_of(PadPanel, 600, 500)`; it is closed after the test."""
    apply_theme(qapp, DARK)

    def build(
        kind: Callable[[Context], PanelType], width: int, height: int, shown: bool = True
    ) -> PanelType:
        panel = kind(context)
        qtbot.addWidget(panel)
        panel.resize(width, height)
        panel.setVisible(shown)
        return panel

    return build


@pytest.fixture
def listener(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """A screen reader; `said` is what was announced."""
    install_readings(qapp)
    listens = Listener()
    monkeypatch.setattr(reading, "QAccessible", listens)
    QAccessible.setActive(True)
    yield listens
    QAccessible.setActive(False)


class Symbols(QTranslator):
    """Calls keys by their symbols."""

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        del disambiguation, n
        return SYMBOLS.get(text, text) if context == "QShortcut" else text


@pytest.fixture
def keys_of_a_mac(qapp: QApplication) -> Iterator[None]:
    """Keys are called as ⌘R and ⌫."""
    symbols = Symbols()
    qapp.installTranslator(symbols)
    yield
    qapp.removeTranslator(symbols)
