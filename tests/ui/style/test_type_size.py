"""The size of the type: the desktop's, within bounds, and so many times that."""

import pytest
from PySide6.QtGui import QFont, QFontInfo
from PySide6.QtWidgets import QApplication, QLabel

from vae_gui.ui.style import type_size
from vae_gui.ui.style.theme import DARK, apply_theme
from vae_gui.ui.style.type_size import BODY_PX, body_px, desktop_px, small_font, with_type


@pytest.fixture
def desktop_of(monkeypatch: pytest.MonkeyPatch):
    """`desktop_of(16)`: a desktop whose general font is so many pixels high."""

    def make(pixels: int) -> None:
        font = QFont()
        font.setPixelSize(pixels)
        monkeypatch.setattr(type_size, "desktop_font", lambda: font)
        monkeypatch.setattr(type_size.QGuiApplication, "platformName", lambda: "xcb")

    return make


def test_without_a_desktop_the_type_has_the_size_that_the_window_was_made_for(qapp) -> None:
    assert qapp.platformName() == "offscreen" and desktop_px() == BODY_PX


@pytest.mark.parametrize(
    ("pixels", "body"), [(2, 11), (10, 11), (12, 12), (16, 16), (24, 24), (200, 24)]
)
def test_the_type_is_as_large_as_the_desktops_within_bounds(
    qapp, desktop_of, pixels: int, body: int
) -> None:
    desktop_of(pixels)
    assert desktop_px() == body_px(1.0) == body


def test_a_desktops_size_in_points_is_taken_in_pixels_of_the_screen(qapp, desktop_of) -> None:
    desktop_of(16)
    font = type_size.desktop_font()
    font.setPointSizeF(12.0)  # 96 pixels an inch
    assert desktop_px() == QFontInfo(font).pixelSize() == 16


def test_what_is_chosen_is_a_multiple_of_the_desktops(qapp, desktop_of) -> None:
    desktop_of(16)
    assert [body_px(scale) for scale in (0.85, 1.0, 1.5)] == [14, 16, 24]
    desktop_of(10)
    assert body_px(0.5) == 11  # smaller is not read


@pytest.mark.parametrize("body", [11, 13, 16, 20])
def test_both_sizes_and_widths_grow_together(qtbot, qapp: QApplication, body: int) -> None:
    apply_theme(qapp, DARK, body)
    label, small = QLabel("2.9 nats"), QLabel("2.9 nats")
    small.setProperty("role", "small")
    for each in (label, small):
        qtbot.addWidget(each)
        each.ensurePolished()
    assert label.font().pixelSize() == body
    assert small.font().pixelSize() == small_font(label.font()).pixelSize()
    assert 11 <= small.font().pixelSize() <= body
    assert with_type(130, label.font()) == max(130, 10 * body)  # icons do not shrink
