"""The font of labels on pictures: a common one of this machine, else Pillow's own, which has Latin letters alone."""

from typing import TYPE_CHECKING

from vae_gui.core.support.foreign_text import one_line
from vae_gui.core.support.imports import import_lock

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

    Font = FreeTypeFont | ImageFont

COMMON = ("DejaVuSans.ttf", "Arial.ttf", "arial.ttf", "LiberationSans-Regular.ttf")
_IN_LATIN = str.maketrans(
    {"−": "-", "–": "-", "β": "beta", "μ": "mu", "σ": "sigma", "²": "2", "×": "x", "’": "'"}
)


def label_font(size: float) -> "Font":
    """size: in pixels."""
    with import_lock():
        from PIL import ImageFont

    for name in COMMON:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def written(text: str, font: "Font") -> str:
    """Return one line in letters that the font has: of Pillow's own, whatever else there is becomes a question mark."""
    text = one_line(text)
    if isinstance(getattr(font, "path", None), str):  # of a file
        return text
    return text.translate(_IN_LATIN).encode("ascii", "replace").decode()
