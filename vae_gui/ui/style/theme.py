"""The look of the app: Fusion with our own palette, one style sheet and one font.

The one import for it: colours and icons are re-exported here.
"""

import string
from dataclasses import asdict

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QToolTip

from vae_gui.resources import resources_dir
from vae_gui.ui.style.colors import (
    DARK,
    LIGHT,
    Theme,
    class_color,
    current_theme,
    rgb,
)
from vae_gui.ui.style.icons import icon

__all__ = [
    "BODY_PX",
    "DARK",
    "LIGHT",
    "SMALL_PX",
    "THEMES",
    "Theme",
    "apply_theme",
    "class_color",
    "current_theme",
    "icon",
    "rgb",
    "small_font",
    "with_type",
]

THEMES = {theme.name: theme for theme in (DARK, LIGHT)}
BODY_PX = 13
SMALL_PX = 11

# Where the desktop's own font is one of the coarse fallbacks of a bare X11, the best that is there.
_FAMILIES = ("Inter", "Cantarell", "Ubuntu", "Noto Sans", "Open Sans", "Liberation Sans")
_COARSE = ("Sans Serif", "Sans", "DejaVu Sans", "Bitstream Vera Sans", "")


def apply_theme(app: QApplication, theme: Theme, scale: float = 1.0) -> None:
    """Give the whole app the colours of `theme`; may be called again at any time.

    scale: of both type sizes.
    """
    if not app.styleSheet():
        app.setStyle("Fusion")
    palette = _palette(theme)
    app.setPalette(palette)
    QToolTip.setPalette(palette)
    app.setFont(_font(scale))
    app.setStyleSheet(_style_sheet(theme, scale))


def small_font(font: QFont) -> QFont:
    """The second of the two type sizes."""
    small = QFont(font)
    small.setPixelSize(round(QFontInfo(font).pixelSize() * SMALL_PX / BODY_PX))
    return small


def with_type(pixels: int, font: QFont) -> int:
    """A width that holds text: so many pixels at the usual size of the type, more at a larger one."""
    return round(pixels * QFontInfo(font).pixelSize() / BODY_PX)


def _font(scale: float) -> QFont:
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font = QFont(system)
    if system.family() in _COARSE:
        there = [family for family in _FAMILIES if QFontDatabase.hasFamily(family)]
        font.setFamilies([*there, system.family()])
    font.setPixelSize(round(scale * BODY_PX))
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font


def _style_sheet(theme: Theme, scale: float) -> str:
    palettes = resources_dir() / "palettes"
    template = string.Template((palettes / "app.qss").read_text(encoding="utf-8"))
    images = (palettes / theme.name).as_posix()
    return template.substitute(asdict(theme), images=images, small=f"{round(scale * SMALL_PX)}px")


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    colors = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.raised,
        role.AlternateBase: theme.surface,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.danger,
        role.Light: theme.hover,
        role.Midlight: theme.hover,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: theme.window,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
    }
    palette = QPalette()
    for name, color in colors.items():
        palette.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(theme.disabled))
    return palette
