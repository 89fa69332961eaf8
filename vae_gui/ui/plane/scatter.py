"""The encodings as the pad shows them: their picture, their names, and which one is under the pointer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.latent.alignment import Alignment
from vae_gui.core.pictures.histogram import draw_stack, stack
from vae_gui.core.pictures.scatter import View, rasterise
from vae_gui.core.support.types import Z
from vae_gui.core.vae.encodings import Encodings
from vae_gui.ui.plane.marks import Point
from vae_gui.ui.plane.scene import Ellipses
from vae_gui.ui.style.theme import class_color, current_theme, rgb

MANY, FEW = 5000, 1000  # encodings below which their points are drawn larger
CROWD = 3  # encodings of a class from which its name is drawn
MIN_REACH = 3.0  # of the fitted view from the origin, in σ of the prior
OUTLIERS = 0.002  # share of the encodings at each edge that would make the others small
ELLIPSES = 200
STACK_SHARE = 0.8  # of the height above the line y = 0, in one dimension

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class PadScatter:
    """Encodings on the plane of two dimensions; of the classes, `shown` are visible."""

    encodings: Encodings
    axes: tuple[int, int]
    shown: tuple[int, ...]
    points: NDArray[np.float32]  # (n, 2)
    visible: NDArray[np.intp]  # indices of the encodings that are shown
    alignment: Alignment | None = None  # by which μ was turned, and the ellipses are to be

    @classmethod
    def of(
        cls,
        encodings: Encodings,
        axes: tuple[int, int],
        classes: tuple[int, ...],
        alignment: Alignment | None = None,
    ) -> "PadScatter":
        """encodings: with μ as it is shown."""
        shown = (0,) if encodings.labels is None else classes
        points = np.ascontiguousarray(encodings.mu[:, list(axes)])
        visible = np.arange(len(points))
        if encodings.labels is not None:
            visible = np.flatnonzero(np.isin(encodings.labels, list(shown)))
        return cls(encodings, axes, shown, points, visible, alignment)

    @property
    def flat(self) -> bool:
        """Whether there is one dimension only, so that the encodings are a density over it."""
        return self.encodings.latent_dim == 1

    def picture(self, view: View, scale: float) -> NDArray[np.uint8]:
        """RGBA of the view, row 0 at the top; scale: pixels of the screen for each unit of the window."""
        palette = np.array(palette_of(self.encodings))
        if self.flat:
            bands = stack(self.points[:, 0], self.encodings.labels, self.shown)
            return draw_stack(bands, palette, view, STACK_SHARE * max(view.y1, 0.0))
        labels = self.encodings.labels
        points = self.points[self.visible]
        codes = np.zeros(len(points), int) if labels is None else labels[self.visible]
        radius = round((1 + (len(points) < MANY) + (len(points) < FEW)) * scale)
        return rasterise(points, palette[codes], view, radius)

    def nearest(self, x: float, y: float, reach: float) -> int | None:
        """The encoding next to a point of the plane, at most `reach` latent units away."""
        if self.flat or not len(self.visible):
            return None
        offset = self.points[self.visible] - np.array((x, y), np.float32)
        distance = np.square(offset).sum(axis=1)
        best = int(np.argmin(distance))
        return int(self.visible[best]) if distance[best] <= reach * reach else None

    def labels(self, centres: dict[int, Z], view: View) -> tuple[tuple[str, Point], ...]:
        """The names of the visible classes at their centres."""
        x, y = self.axes
        places = {label: (z[x], z[y]) for label, z in centres.items() if label in self.shown}
        if self.flat:
            bands = stack(self.points[:, 0], self.encodings.labels, self.shown)
            unit = STACK_SHARE * max(view.y1, 0.0)
            places = {
                label: (at, unit * bands.height(label, at)) for label, (at, _) in places.items()
            }
        names = self.encodings.class_names
        return tuple((names[label], place) for label, place in places.items())

    def posterior_ellipses(self) -> Ellipses:
        """q(z|x) at 1σ of a fixed sample."""
        logvar = self.encodings.logvar
        if logvar is None or not len(self.visible):
            return Ellipses()
        count = min(ELLIPSES, len(self.visible))
        chosen = self.visible[np.linspace(0, len(self.visible) - 1, count).astype(int)]
        shape = _ellipses(logvar[chosen], self.axes, self.alignment)
        ellipses = np.concatenate([self.points[chosen], shape], axis=1, dtype=np.float32)
        if self.flat:
            ellipses[:, [1, 3]] = 0
        palette = [_name(color) for color in palette_of(self.encodings)]
        labels = self.encodings.labels
        codes = np.zeros(count, int) if labels is None else labels[chosen]
        return Ellipses(ellipses, tuple(palette[code] for code in codes))

    def color(self, index: int) -> str:
        """Of one encoding."""
        labels = self.encodings.labels
        label = 0 if labels is None else int(labels[index])
        return _name(palette_of(self.encodings)[label])


def _ellipses(
    logvar: NDArray[np.float32], axes: tuple[int, int], alignment: Alignment | None
) -> NDArray[np.floating]:
    """Both half axes at 1σ and the angle of the first in radians, anticlockwise: (n, 3)."""
    if alignment is None:
        return np.pad(np.exp(0.5 * logvar[:, list(axes)]), ((0, 0), (0, 1)))
    covariance = alignment.shown_covariance(logvar)[:, axes][:, :, axes]
    variance, directions = np.linalg.eigh(covariance)
    angle = np.arctan2(directions[:, 1, 0], directions[:, 0, 0])
    return np.column_stack([np.sqrt(np.maximum(variance, 0)), angle])


class ClassCentres:
    """The medians of the classes, reckoned once for each set of encodings."""

    def __init__(self) -> None:
        self._encodings: Encodings | None = None
        self._medians: dict[int, Z] = {}

    def of(self, encodings: Encodings) -> dict[int, Z]:
        if encodings is not self._encodings:
            self._encodings, self._medians = encodings, class_medians(encodings)
        return self._medians


def reach_of(
    encodings: Encodings | None, axes: tuple[int, int], left_out: float = OUTLIERS
) -> tuple[float, ...]:
    """Return (x0, x1, y0, y1) that shows the encodings, and the prior's middle.

    left_out: the share of the encodings that may be beyond each edge.
    """
    low = np.full(2, -MIN_REACH)
    high = np.full(2, MIN_REACH)
    if encodings is not None and len(encodings):
        points = encodings.mu[:, list(axes)]
        low = np.minimum(np.quantile(points, left_out, axis=0), low)
        high = np.maximum(np.quantile(points, 1 - left_out, axis=0), high)
    if encodings is not None and encodings.latent_dim == 1:
        width = float(high[0] - low[0])
        return float(low[0]), float(high[0]), -0.1 * width, 0.5 * width
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def palette_of(encodings: Encodings) -> list[Rgb]:
    """The colour of each class; one without labels."""
    count = len(encodings.class_names)
    if encodings.labels is None or not count:
        return [rgb(current_theme().accent)]
    return [rgb(class_color(index, count)) for index in range(count)]


def class_medians(encodings: Encodings) -> dict[int, Z]:
    """The median μ of every class that has a few images."""
    if encodings.labels is None:
        return {}
    medians = {}
    for label in range(len(encodings.class_names)):
        members = encodings.mu[encodings.labels == label]
        if len(members) >= CROWD:
            medians[label] = tuple(np.median(members, axis=0).tolist())
    return medians


def _name(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
