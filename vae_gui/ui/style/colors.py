"""The colours of both themes and of the classes, as plain values."""

from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication, QPalette

from vae_gui.core.pictures import class_colors


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour of the app as `#rrggbb`.

    window: between the panels. surface: a panel. raised: a control on a panel. hover: the same
    under the pointer. text, muted: on any of these four, at least 4.5:1. accent: the one accent;
    on_accent: text on it. info, warning, danger: text of that kind. border: hairlines.
    pad, grid: background and grid lines of plots. classes: of ten. digit: background of every image of a digit.
    """

    name: str
    window: str
    surface: str
    raised: str
    hover: str
    border: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    info: str
    warning: str
    danger: str
    pad: str
    grid: str
    classes: tuple[str, ...]
    digit: str = "#000000"


DARK = Theme(
    name="dark",
    window="#111215",
    surface="#191b1f",
    raised="#24272d",
    hover="#2e323a",
    border="#333740",
    text="#eceef2",
    muted="#a0a7b4",
    disabled="#5d6470",
    accent="#8f9bff",
    accent_hover="#a5afff",
    on_accent="#11132b",
    info="#9eb4ff",
    warning="#f2bd5a",
    danger="#ff8f8a",
    pad="#141519",
    grid="#2a2d34",
    classes=class_colors.ON_DARK,
)

LIGHT = Theme(
    name="light",
    window="#f1f2f5",
    surface="#ffffff",
    raised="#e8eaee",
    hover="#dcdfe5",
    border="#d3d7dd",
    text="#1a1c21",
    muted="#535b67",
    disabled="#a3aab5",
    accent="#4450d0",
    accent_hover="#3641b8",
    on_accent="#ffffff",
    info="#3c49c4",
    warning="#7d5200",
    danger="#b3222b",
    pad="#ffffff",
    grid="#e3e5ea",
    classes=class_colors.ON_LIGHT,
)


def current_theme() -> Theme:
    """The theme that the application's palette was made from."""
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window).name()
    return DARK if window == DARK.window else LIGHT


def class_color(index: int, count: int) -> str:
    """The colour of a class of `count` in the theme of now."""
    return class_colors.class_color(index, count, dark=current_theme() is DARK)


def rgb(color: str) -> tuple[int, int, int]:
    """The three channels of `#rrggbb`."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
