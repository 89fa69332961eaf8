"""The look of the app: Fusion with our own palette, one style sheet and one font.

The one import for it: colours and icons are re-exported here.
"""

import string
from dataclasses import asdict

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
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
from vae_gui.ui.style.type_size import BODY_PX, app_font, small_font, small_px, with_type

__all__ = [
    "BODY_PX",
    "DARK",
    "LIGHT",
    "THEMES",
    "Theme",
    "apply_theme",
    "choose_theme",
    "class_color",
    "current_theme",
    "icon",
    "rgb",
    "small_font",
    "theme_of",
    "with_type",
]

SCHEMES = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}
THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


def theme_of(choice: str) -> Theme:
    """`light` or `dark`; with `system` what the desktop shows, dark where it does not say."""
    if choice in THEMES:
        return THEMES[choice]
    return LIGHT if system_scheme() == Qt.ColorScheme.Light else DARK


def system_scheme() -> Qt.ColorScheme:
    """What the desktop shows now; unknown on a bare X11."""
    return QGuiApplication.styleHints().colorScheme()


def choose_theme(app: QApplication, choice: str, body: int = BODY_PX) -> None:
    """Apply `light`, `dark` or `system`, and tell Qt, which gives title bars and the system's own dialogs the same colours.

    Told of no scheme, Qt is told by the system again: this comes first, else `system` would be the one chosen last.
    """
    scheme = SCHEMES.get(choice, Qt.ColorScheme.Unknown)
    QGuiApplication.styleHints().setColorScheme(scheme)
    apply_theme(app, theme_of(choice), body)


def apply_theme(app: QApplication, theme: Theme, body: int = BODY_PX) -> None:
    """Give the whole app the colours of `theme` and its type; may be called again at any time.

    body: the larger of the two type sizes, in pixels.
    """
    if not app.styleSheet():
        app.setStyle("Fusion")
    palette = _palette(theme)
    app.setPalette(palette)
    QToolTip.setPalette(palette)
    app.setFont(app_font(body))
    app.setStyleSheet(_style_sheet(theme, body))


def _style_sheet(theme: Theme, body: int) -> str:
    palettes = resources_dir() / "palettes"
    template = string.Template((palettes / "app.qss").read_text(encoding="utf-8"))
    images = (palettes / theme.name).as_posix()
    return template.substitute(asdict(theme), images=images, small=f"{small_px(body)}px")


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
