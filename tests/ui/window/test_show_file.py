"""*Show* after an export: the file itself where a desktop shows it, else the folder."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton

from vae_gui.core.export.formats import FORMATS
from vae_gui.core.sharing import SHARES
from vae_gui.ui.window.show_file import show_file

FOLDER = Path("exports").absolute()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """`opened(names that have no viewer)`: a desktop, and what it was asked to open."""
    asked: list[str] = []

    def desktop(*refused: str) -> list[str]:
        def open_url(url: QUrl) -> bool:
            asked.append(url.toLocalFile())
            return url.fileName() not in refused

        monkeypatch.setattr(QDesktopServices, "openUrl", staticmethod(open_url))
        return asked

    return desktop


@pytest.mark.parametrize("suffix", sorted({kind.suffix for kind in FORMATS.values()} | {".html"}))
def test_pictures_animations_and_pages_are_shown(opened, suffix: str) -> None:
    asked = opened()
    show_file(FOLDER / f"digits{suffix}")
    assert asked == [(FOLDER / f"digits{suffix}").as_posix()]


@pytest.mark.parametrize(
    "suffix", sorted({kind.suffix for kind in SHARES.values()} - {".html"} | {".vae", ".json"})
)
def test_of_a_script_and_of_what_no_desktop_shows_the_folder_is(opened, suffix: str) -> None:
    asked = opened()
    show_file(FOLDER / f"model{suffix}")
    assert asked == [FOLDER.as_posix()]


def test_the_folder_is_shown_where_there_is_no_viewer(opened) -> None:
    asked = opened("digits.WEBP")
    show_file(FOLDER / "digits.WEBP")
    assert asked == [(FOLDER / "digits.WEBP").as_posix(), FOLDER.as_posix()]


def test_show_in_the_message_of_an_export_shows_it(qtbot, window, opened, tmp_path: Path) -> None:
    asked = opened()
    window.context.notices.exported(tmp_path / "model.py")
    assert window.banner.text() == "Exported model.py"
    qtbot.mouseClick(window.banner.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert asked == [tmp_path.as_posix()]
