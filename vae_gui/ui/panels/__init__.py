"""The PANELS registry: one line for each panel; reading it builds none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vae_gui.runtime.context import Context
    from vae_gui.ui.parts.panel import Panel


class Area(Enum):
    """Where a panel stands until the person moves it."""

    PAD = "pad"
    DIGIT = "digit"
    SIDE = "side"
    STRIP = "strip"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """A panel. hint: what it shows, in a line. former_name: in layouts and files, where that is another one."""

    name: str
    title: str
    hint: str
    area: Area
    build: Callable[[Context], Panel]
    former_name: str = ""

    @property
    def stored_name(self) -> str:
        """The key of its dock in layouts, and of its state in files."""
        return self.former_name or self.name


def _pad(context: Context) -> Panel:
    from vae_gui.ui.panels.pad.panel import PadPanel

    return PadPanel(context)


def _decoded(context: Context) -> Panel:
    from vae_gui.ui.panels.decoded.panel import DecodedPanel

    return DecodedPanel(context)


def _traversal(context: Context) -> Panel:
    from vae_gui.ui.panels.traversal.panel import TraversalPanel

    return TraversalPanel(context)


def _interpolation(context: Context) -> Panel:
    from vae_gui.ui.panels.interpolation.panel import InterpolationPanel

    return InterpolationPanel(context)


def _curves(context: Context) -> Panel:
    from vae_gui.ui.panels.curves.panel import CurvesPanel

    return CurvesPanel(context)


def _reconstructions(context: Context) -> Panel:
    from vae_gui.ui.panels.reconstructions.panel import ReconstructionsPanel

    return ReconstructionsPanel(context)


def _samples(context: Context) -> Panel:
    from vae_gui.ui.panels.samples.panel import SamplesPanel

    return SamplesPanel(context)


def _embedding(context: Context) -> Panel:
    from vae_gui.ui.panels.embedding.panel import EmbeddingPanel

    return EmbeddingPanel(context)


def _probe(context: Context) -> Panel:
    from vae_gui.ui.panels.probe.panel import ProbePanel

    return ProbePanel(context)


def _manifold(context: Context) -> Panel:
    from vae_gui.ui.panels.manifold.panel import ManifoldPanel

    return ManifoldPanel(context)


def _draw(context: Context) -> Panel:
    from vae_gui.ui.panels.draw.panel import DrawPanel

    return DrawPanel(context)


def _bookmarks(context: Context) -> Panel:
    from vae_gui.ui.panels.bookmarks.panel import BookmarksPanel

    return BookmarksPanel(context)


def _paths(context: Context) -> Panel:
    from vae_gui.ui.panels.paths.panel import PathLabPanel

    return PathLabPanel(context)


PANELS = (
    PanelEntry("pad", "Latent pad", "drag to decode", Area.PAD, _pad),
    PanelEntry("decoded", "Decoded", "", Area.DIGIT, _decoded),
    PanelEntry("traversal", "Traversal", "one dimension a row", Area.SIDE, _traversal),
    PanelEntry(
        "interpolation", "Interpolation", "the path from A to B", Area.STRIP, _interpolation
    ),
    PanelEntry(
        "curves",
        "Loss curves",
        "line: batches, points: test images",
        Area.BOTTOM,
        _curves,
    ),
    PanelEntry(
        "reconstructions",
        "Reconstructions",
        "what the model makes of an image",
        Area.BOTTOM,
        _reconstructions,
    ),
    PanelEntry(
        "draw", "Draw", "where your own digit lies, and how sure the model is", Area.BOTTOM, _draw
    ),
    PanelEntry("samples", "Samples", "what the latent space makes up", Area.BOTTOM, _samples),
    PanelEntry(
        "manifold", "Manifold", "the plane as digits; click to go there", Area.SIDE, _manifold
    ),
    PanelEntry(
        "embedding",
        "Embedding",
        "all dimensions in two; click to go there",
        Area.SIDE,
        _embedding,
        former_name="map",
    ),
    PanelEntry("probe", "Probe", "how much of the class is in μ", Area.BOTTOM, _probe),
    PanelEntry("bookmarks", "Bookmarks", "kept points; click to go there", Area.BOTTOM, _bookmarks),
    PanelEntry(
        "paths", "Paths", "from A to B, compared; choose one for the strip", Area.BOTTOM, _paths
    ),
)
