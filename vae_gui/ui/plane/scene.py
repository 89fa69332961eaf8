"""PlaneScene: all that the overlays of the pad are painted from, as one frozen value."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.ui.plane.marks import Marks, ToPixels
from vae_gui.ui.plane.posterior_mark import PosteriorMark
from vae_gui.ui.style.theme import Theme


@dataclass(frozen=True, slots=True, eq=False)
class Ellipses:
    """shapes: (n, 5), middle x, y and both half axes in latent units, the turn in radians; a colour for each."""

    shapes: NDArray[np.floating] = field(default_factory=lambda: np.zeros((0, 5)))
    colors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PlaneScene:
    """`to_pixels` maps latent units to the painter's, which are clipped to `area`.

    faint: the class names that step back. taken: where text stands already; grows while it is painted.
    """

    layers: PadLayers
    marks: Marks
    to_pixels: ToPixels
    area: QRectF
    theme: Theme
    ellipses: Ellipses = Ellipses()
    posterior: PosteriorMark | None = None
    faint: frozenset[str] = frozenset()
    taken: list[QRectF] = field(default_factory=list)
