"""The traversal as files: every row in one picture, and a walk along every dimension as an animation."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export.options import ONE_WAY, AnimationOptions, StripOptions
from vae_gui.core.export.render import animation, picture, traversal_frame_order
from vae_gui.core.latent.traversal import along
from vae_gui.ui.parts.panel_export import PanelExport

if TYPE_CHECKING:
    from vae_gui.ui.panels.explore.traversal import Traversal

STEPS = 40  # of a dimension, from its low end to its high one
PICTURE_COLUMNS = 21
MAX_FRAMES = 1000  # that an animation is said to have; it may have more
PIXELS_PER_PIXEL = 4  # of a digit in the picture


def traversal_exports(traversal: "Traversal") -> tuple[PanelExport, ...]:
    """Of the dimensions that are not folded away, from where the traversal starts."""
    snapshot = traversal.explorer.weights.snapshot
    rows = traversal.films.unfolded
    if snapshot is None or not rows:
        return ()
    start = traversal.start_z

    def points(steps: int) -> NDArray[np.floating]:
        """(dimensions, steps, latent_dim)."""
        values = [np.linspace(row.low, row.high, steps) for row in rows]
        pairs = zip(rows, values, strict=True)
        return np.stack([along(start, row.dimension, reach) for row, reach in pairs])

    walk = traversal_frame_order(np.array(start), points(STEPS))
    still = StripOptions(size=PIXELS_PER_PIXEL * snapshot.model.side, gap=0)
    moving = AnimationOptions(frames=min(MAX_FRAMES, len(walk)), direction=ONE_WAY)
    return (
        PanelExport(
            "Traversal (PNG)",
            "traversal",
            ".png",
            partial(picture, snapshot, points(PICTURE_COLUMNS), options=still),
        ),
        PanelExport(
            "Traversal (GIF)",
            "traversal",
            ".gif",
            partial(animation, snapshot, walk, options=moving),
        ),
    )
