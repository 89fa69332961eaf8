"""Encodings with one latent dimension: the density of each class, stacked upon each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.pictures.scatter import View
from vae_gui.core.vae.encodings import FloatArray

BINS = 240
SMOOTH = 2.0  # σ of the kernel, in bins
OPACITY = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """z: (bins,) ascending. tops: (classes, bins), the upper edge of each class; the highest is 1."""

    z: NDArray[np.float64]
    tops: NDArray[np.float64]

    def height(self, label: int, z: float) -> float:
        """The middle of a class's band at z."""
        at = int(np.argmin(np.abs(self.z - z)))
        below = self.tops[label - 1, at] if label else 0.0
        return float(0.5 * (below + self.tops[label, at]))


def stack(mu: FloatArray, labels: NDArray[np.integer] | None, shown: tuple[int, ...]) -> Stack:
    """mu: (n,). labels: (n,), or None for one class. Classes that are not shown have no height."""
    assert len(mu) > 0
    low, high = float(mu.min()) - 0.5, float(mu.max()) + 0.5
    edges = np.linspace(low, high, BINS + 1)
    classes = max(shown, default=0) + 1
    counts = np.zeros((classes, BINS))
    for label in shown:
        members = mu if labels is None else mu[labels == label]
        counts[label] = np.histogram(members, edges)[0]
    reach = np.arange(-4 * SMOOTH, 4 * SMOOTH + 1)
    kernel = np.exp(-0.5 * np.square(reach / SMOOTH))
    smooth = np.array([np.convolve(row, kernel, mode="same") for row in counts])
    tops = np.cumsum(smooth, axis=0)
    return Stack(0.5 * (edges[1:] + edges[:-1]), tops / max(float(tops.max()), 1e-12))


def draw_stack(
    bands: Stack, colors: NDArray[np.integer], view: View, unit: float
) -> NDArray[np.uint8]:
    """RGBA (height, width, 4) of the view, row 0 at the top; bands stand on y = 0 and end at y = `unit`.

    colors: (classes, 3), at least as many as the stack has.
    """
    z = view.x0 + (np.arange(view.width) + 0.5) / view.width * (view.x1 - view.x0)
    y = view.y1 - (np.arange(view.height) + 0.5) / view.height * (view.y1 - view.y0)
    rgba = np.zeros((view.height, view.width, 4), np.uint8)
    below = np.zeros(view.width)
    for top, color in zip(bands.tops, colors, strict=False):
        above = np.interp(z, bands.z, top, left=0, right=0) * unit
        inside = (y[:, None] >= below) & (y[:, None] < above)
        rgba[inside] = (*color.tolist(), round(255 * OPACITY))
        below = above
    return rgba
