"""The colours of both themes and of the classes, as plain values."""

import colorsys
from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication, QPalette


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour of the app as `#rrggbb`.

    window: between the panels. surface: a panel. raised: a control on a panel. hover: the same
    under the pointer. text, muted: on any of these four, at least 4.5:1. accent: the one accent;
    on_accent: text on it. info, warning, danger: text of that kind. border: hairlines.
    pad, grid: background and grid lines of plots. classes: of ten, by `benchmarks.class_colors`. digit: background of every image of a digit.
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
    # Nearest pair in CAM02-UCS: 24.0; with deuteranopia 16.4, protanopia 16.3, tritanopia 17.0.
    classes=(
        "#4bb4b4",
        "#693cf0",
        "#b487f0",
        "#ffc3ff",
        "#c30f87",
        "#f08700",
        "#b4f02d",
        "#96b478",
        "#1e784b",
        "#3cffb4",
    ),
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
    # Nearest pair in CAM02-UCS: 24.8; with deuteranopia 13.4, protanopia 13.0, tritanopia 12.8.
    classes=(
        "#1e96ff",
        "#4b0ff0",
        "#a55ab4",
        "#f04b87",
        "#781e3c",
        "#c33c0f",
        "#c3870f",
        "#4b3c00",
        "#1e8769",
        "#0f4b69",
    ),
)

# Lightness of three classes in turn where there are more than ten, by theme, and their saturation.
MANY_CLASSES = {"dark": (0.7, 0.61, 0.83), "light": (0.29, 0.2, 0.35)}
MANY_SATURATION = 0.65


def current_theme() -> Theme:
    """The theme that the application's palette was made from."""
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window).name()
    return DARK if window == DARK.window else LIGHT


def class_color(index: int, count: int) -> str:
    """The colour of a class of `count`; beyond ten, even hues with light and dark in turn."""
    theme = current_theme()
    if count <= len(theme.classes):
        return theme.classes[index]
    lightness = MANY_CLASSES[theme.name][index % 3]
    red, green, blue = colorsys.hls_to_rgb(index / count, lightness, MANY_SATURATION)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def rgb(color: str) -> tuple[int, int, int]:
    """The three channels of `#rrggbb`."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
