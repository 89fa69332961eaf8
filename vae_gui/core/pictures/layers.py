"""The pad's background layers, by name: class density, manifold, coverage, distortion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vae_gui.core.latent.grid import even_grid
from vae_gui.core.pictures.backgrounds import (
    OPACITY,
    BackgroundPicture,
    CoverageBackground,
    DensityBackground,
    DistortionBackground,
    ManifoldBackground,
    Plane,
)
from vae_gui.core.pictures.shading import Color, Ramp

if TYPE_CHECKING:
    from vae_gui.core.analysis.coverage import Coverage
    from vae_gui.core.inference.requests import EngineRequest
    from vae_gui.core.vae.encodings import Encodings
    from vae_gui.core.vae.snapshot import Snapshot

TILE_PX, MAX_TILES = 30, 900  # of the manifold


@dataclass(frozen=True, slots=True)
class LayerColors:
    """The colours of the theme. sequential: from off the map to well inside. heat: from calm to steep."""

    sequential: Ramp
    heat: Ramp
    line: Color
    classes: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class LayerView:
    """The person's view of the plane, compared by value. across, down: its size in units of the window.

    shown: the classes that are visible. aligned: whether the plane is turned onto the last timeline entry.
    """

    plane: Plane
    across: float
    down: float
    shown: tuple[int, ...]
    colors: LayerColors
    aligned: bool


@dataclass(frozen=True, slots=True, eq=False)
class LayerData:
    """The model's answers for the layers. encodings: as they are shown. source: the images that `coverage` is of."""

    snapshot: Snapshot
    encodings: Encodings | None
    coverage: Coverage | None
    source: str


@dataclass(frozen=True, slots=True)
class LayerCaption:
    """One line of text, and the ends of the scale of the colours as texts, where there is one.

    mark: a place on the scale, from 0 to 1, that the text names.
    """

    text: str
    low: str = ""
    high: str = ""
    ramp: Ramp = ()
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class PadLayer:
    """One background of the pad.

    request: what is asked of the engine; None where something is missing. version: what of the data its
    picture depends on. caption: of a picture. turns: whether it can be shown aligned. by_training_images:
    whether the coverage is worth encoding them.
    """

    name: str
    title: str
    tip: str
    request: Callable[[LayerView, LayerData], EngineRequest[BackgroundPicture] | None] | None
    version: Callable[[LayerData], object]
    caption: Callable[[BackgroundPicture, LayerView, LayerData], LayerCaption]
    turns: bool = False
    by_training_images: bool = False


def _density(view: LayerView, data: LayerData) -> EngineRequest[BackgroundPicture] | None:
    if data.encodings is None or not len(data.encodings):
        return None
    return DensityBackground(data.encodings, view.plane, view.colors.classes, view.shown)


def _density_caption(picture: BackgroundPicture, view: LayerView, _: LayerData) -> LayerCaption:
    dims = len(view.plane.point)
    projected = " · projected" if dims > 2 else ""
    text = f"class density of μ, share of the images per unit{'²' * (dims > 1)}{projected}"
    red, green, blue, _alpha = view.colors.line
    ramp = ((red, green, blue, 0), (red, green, blue, round(255 * OPACITY)))
    return LayerCaption(text, "0", f"{picture.high:.2g}", ramp)


def _manifold(view: LayerView, _: LayerData) -> EngineRequest[BackgroundPicture]:
    x0, x1, y0, y1 = view.plane.extent
    columns, rows = (max(1, round(side / TILE_PX)) for side in (view.across, view.down))
    while columns * rows > MAX_TILES:
        columns, rows = max(1, columns * 9 // 10), max(1, rows * 9 // 10)
    if len(view.plane.point) == 1:  # one row of squares under the line y = 0
        y0, y1, rows = -(x1 - x0) / columns, 0.0, 1
    extent = (x0, x1, y0, y1)
    return ManifoldBackground(even_grid(extent, columns, rows), replace(view.plane, extent=extent))


def _manifold_caption(picture: BackgroundPicture, view: LayerView, _: LayerData) -> LayerCaption:
    return LayerCaption(f"decoded digits, one every {picture.high:.2g} units of z{_held(view)}")


def _coverage(view: LayerView, data: LayerData) -> EngineRequest[BackgroundPicture] | None:
    if data.coverage is None:
        return None
    return CoverageBackground(data.coverage, view.plane, view.colors.sequential, view.colors.line)


def _coverage_caption(picture: BackgroundPicture, view: LayerView, data: LayerData) -> LayerCaption:
    coverage = data.coverage
    if coverage is None:
        return LayerCaption("")
    name = "log density of the codes, by kernels" if coverage.mixture.kernel else "log q(z), nats"
    low, off, high = (
        f"{value:.1f}".replace("-", "−") for value in (picture.low, coverage.off, picture.high)
    )
    text = f"{name}{_held(view)} · off the map below {off} · {data.source}"
    mark = (coverage.off - picture.low) / (picture.high - picture.low)
    return LayerCaption(text, low, high, view.colors.sequential, mark)


def _distortion(view: LayerView, _: LayerData) -> EngineRequest[BackgroundPicture]:
    return DistortionBackground(view.plane, view.colors.heat)


def _distortion_caption(picture: BackgroundPicture, view: LayerView, _: LayerData) -> LayerCaption:
    text = f"distortion √det(JᵀJ), area of images per area of z{_held(view)}"
    return LayerCaption(text, "0", f"{picture.high:.3g}", view.colors.heat)


def _held(view: LayerView) -> str:
    return " · slice at the cursor" if len(view.plane.point) > 2 else ""


def _no_caption(*_: object) -> LayerCaption:
    return LayerCaption("")


LAYERS = {
    layer.name: layer
    for layer in (
        PadLayer("none", "None", "The encodings alone", None, lambda _: None, _no_caption),
        PadLayer(
            "density",
            "Class density",
            "Where the encodings of each class lie",
            _density,
            lambda data: data.encodings,
            _density_caption,
            turns=True,
        ),
        PadLayer(
            "manifold",
            "Manifold",
            "Decoded digits, evenly spaced over what is visible",
            _manifold,
            lambda data: data.snapshot,
            _manifold_caption,
        ),
        PadLayer(
            "coverage",
            "Off the map",
            "Coverage: how densely the encodings cover a place",
            _coverage,
            lambda data: data.coverage,
            _coverage_caption,
            by_training_images=True,
        ),
        PadLayer(
            "distortion",
            "Distortion",
            "√det(JᵀJ), the magnification factor: how fast the image changes with z",
            _distortion,
            lambda data: data.snapshot,
            _distortion_caption,
        ),
    )
}
