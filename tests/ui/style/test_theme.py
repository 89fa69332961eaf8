"""The look: readable in both themes, icons that parse and follow the theme."""

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel

from benchmarks import class_colors as search
from vae_gui.resources import resources_dir
from vae_gui.ui.style.theme import (
    DARK,
    LIGHT,
    Theme,
    apply_theme,
    class_color,
    current_theme,
    icon,
    rgb,
)


def contrast(first: str, second: str) -> float:
    """WCAG contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    channels = [c / 255 for c in rgb(color)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


GROUNDS = ("window", "surface", "raised", "hover")
ICONS = sorted(path.stem for path in (resources_dir() / "icons").glob("*.svg"))
themes = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def painted(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> QImage:
    return icon.pixmap(QSize(24, 24), 2.0, mode).toImage()


def colors_of(image: QImage) -> set[str]:
    """Colours of the opaque pixels."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {color.name() for color in pixels if color.alpha() == 255}


def test_contrast_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@themes
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", ["text", "muted", "accent", "info", "warning", "danger"])
def test_every_text_is_readable_on_every_ground(theme: Theme, ground: str, ink: str) -> None:
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 4.5


@themes
def test_text_on_the_accent_is_readable(theme: Theme) -> None:
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.on_accent, theme.accent_hover) >= 4.5


@themes
def test_applying_a_theme_makes_it_the_current_one(qapp: QApplication, theme: Theme) -> None:
    apply_theme(qapp, theme)

    assert current_theme() is theme
    assert qapp.palette().text().color() == QColor(theme.text)


@themes
def test_the_style_sheet_is_understood_and_reaches_labels(
    qtbot, qapp: QApplication, theme: Theme
) -> None:
    apply_theme(qapp, theme)
    label = QLabel("2.9 nats")
    label.setProperty("role", "small")
    qtbot.addWidget(label)
    label.ensurePolished()

    assert "$" not in qapp.styleSheet()
    assert label.font().pixelSize() == 11
    assert label.palette().windowText().color() == QColor(theme.muted)


@themes
def test_pictures_of_the_style_sheet_exist_in_its_colours(qapp: QApplication, theme: Theme) -> None:
    apply_theme(qapp, theme)
    paths = set(re.findall(r'url\("([^"]+)"\)', qapp.styleSheet()))

    assert len(paths) >= 4
    for path in paths:
        image = QImage(path)
        assert not image.isNull(), path
        assert colors_of(image) & {theme.muted, theme.on_accent}, path


@pytest.mark.parametrize("name", ICONS)
def test_icon_files_are_valid_and_square(qapp: QApplication, name: str) -> None:
    renderer = QSvgRenderer(str(resources_dir() / "icons" / f"{name}.svg"))

    assert renderer.isValid()
    assert renderer.viewBox().width() == renderer.viewBox().height() > 0


@pytest.mark.parametrize("name", [name for name in ICONS if name != "app"])
def test_an_icon_is_drawn_in_the_colour_of_the_text(qapp: QApplication, name: str) -> None:
    apply_theme(qapp, DARK)

    image = painted(icon(name))

    assert image.size() == QSize(48, 48), "drawn at the screen's own scale"
    assert DARK.text in colors_of(image)


def test_an_icon_follows_a_change_of_theme(qapp: QApplication) -> None:
    apply_theme(qapp, DARK)
    play = icon("play")
    before = colors_of(painted(play))

    apply_theme(qapp, LIGHT)

    assert DARK.text in before
    assert LIGHT.text in colors_of(painted(play))


def test_a_disabled_icon_is_faint(qapp: QApplication) -> None:
    apply_theme(qapp, DARK)

    assert DARK.disabled in colors_of(painted(icon("stop"), QIcon.Mode.Disabled))


def test_an_icon_without_room_is_no_picture(qapp: QApplication) -> None:
    assert icon("stop").pixmap(QSize(0, 20)).isNull()


@themes
def test_up_to_ten_classes_have_the_colours_of_the_theme(qapp: QApplication, theme: Theme) -> None:
    apply_theme(qapp, theme)
    assert [class_color(i, 10) for i in range(10)] == list(theme.classes)
    assert class_color(3, 4) == theme.classes[3]


@themes
def test_the_colours_of_ten_classes_are_told_apart_and_seen(theme: Theme) -> None:
    colors = search.rgb_of(list(theme.classes))
    usual, *others = search.least_distances(search.appearance(colors))
    assert len(colors) == search.CLASSES and usual >= search.FAR_APART
    assert min(others) >= 12.5  # the stored figures: a dichromat sees two dimensions of colour
    assert search.contrast(colors, theme.pad).min() >= search.MIN_CONTRAST


@themes
@pytest.mark.parametrize("count", [11, 26, 47])
def test_more_classes_have_a_colour_each(qapp: QApplication, theme: Theme, count: int) -> None:
    apply_theme(qapp, theme)
    colors = [class_color(i, count) for i in range(count)]
    assert len(set(colors)) == count
    assert search.contrast(search.rgb_of(colors), theme.pad).min() >= search.MIN_CONTRAST
