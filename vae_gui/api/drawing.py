"""Images side by side as one picture, for a notebook or a file."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from vae_gui.api.images import pixels
from vae_gui.core.latent.grid import montage
from vae_gui.core.support import arguments
from vae_gui.core.support.imports import import_lock

if TYPE_CHECKING:
    from PIL import Image

COLUMNS, SCALE = 10, 2
MAX_COLUMNS, MAX_SCALE = 1000, 32


def picture(images: ArrayLike, columns: int = COLUMNS, scale: int = SCALE) -> Image.Image:
    """Return images (n, side, side) row by row as one grey picture of Pillow, which a notebook shows and `.save` writes.

    Args:
        images: as for `Model.encode`, but of any side, and not one alone.
        columns: images in a row; an incomplete last row is filled up with black.
        scale: by how much each pixel is enlarged.
    """
    array = pixels("images", images)
    columns = min(arguments.whole("columns", columns, 1, MAX_COLUMNS), len(array))
    scale = arguments.whole("scale", scale, 1, MAX_SCALE)
    with import_lock():
        from PIL import Image

    missing = -len(array) % columns
    whole = np.pad(array, ((0, missing), (0, 0), (0, 0)))
    grey = Image.fromarray(montage(whole, columns))
    return grey.resize((grey.width * scale, grey.height * scale), Image.Resampling.BICUBIC)


def as_html(shown: Image.Image, alt: str) -> str:
    """Return an <img> that holds the picture itself as PNG."""
    content = io.BytesIO()
    shown.save(content, "PNG")
    encoded = base64.b64encode(content.getvalue()).decode("ascii")
    return f'<img alt="{alt}" src="data:image/png;base64,{encoded}">'
