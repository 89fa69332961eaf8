"""The type: the desktop's own font, as large as the desktop has it, with figures of one width."""

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication

BODY_PX = 13  # the body size for which the fixed widths of the window were chosen
SMALL_PX = 11
MIN_PX = 11  # that is easily read, whatever the desktop and the person choose
MAX_PX = 24  # of a desktop; what lies above is a mistake of its settings

# Where the desktop's own font is one of the coarse fallbacks of a bare X11, the best that is there.
_FAMILIES = ("Inter", "Cantarell", "Ubuntu", "Noto Sans", "Open Sans", "Liberation Sans")
_COARSE = ("Sans Serif", "Sans", "DejaVu Sans", "Bitstream Vera Sans", "")


def desktop_font() -> QFont:
    """The general font of the desktop, whatever the app has made its own."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)


def desktop_px() -> int:
    """The desktop's body size in pixels, within bounds; `BODY_PX` where there is no desktop."""
    if QGuiApplication.platformName() == "offscreen":
        return BODY_PX
    return min(MAX_PX, max(MIN_PX, QFontInfo(desktop_font()).pixelSize()))


def body_px(scale: float) -> int:
    """So many times the desktop's body size."""
    return max(MIN_PX, round(scale * desktop_px()))


def small_px(body: int) -> int:
    """The second of the two type sizes, beside a body size."""
    return max(MIN_PX, round(body * SMALL_PX / BODY_PX))


def small_font(font: QFont) -> QFont:
    """The second of the two type sizes."""
    small = QFont(font)
    small.setPixelSize(small_px(QFontInfo(font).pixelSize()))
    return small


def with_type(pixels: int, font: QFont) -> int:
    """A width that holds text: so many pixels, and more at a type that is larger than `BODY_PX`.

    In a smaller one it stays: icons and paddings do not shrink.
    """
    return round(pixels * max(1.0, QFontInfo(font).pixelSize() / BODY_PX))


def app_font(body: int) -> QFont:
    """The font of the whole app at a body size in pixels."""
    system = desktop_font()
    font = QFont(system)
    if system.family() in _COARSE:
        there = [family for family in _FAMILIES if QFontDatabase.hasFamily(family)]
        font.setFamilies([*there, system.family()])
    font.setPixelSize(body)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font
