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

    PAD = "pad"  # at the left, tall
    BENCH = "bench"  # beside it, one tall place that panels share
    STRIP = "strip"  # below both, over the whole width


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


def _explore(context: Context) -> Panel:
    from vae_gui.ui.panels.explore.panel import ExplorePanel

    return ExplorePanel(context)


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


def _neighbours(context: Context) -> Panel:
    from vae_gui.ui.panels.neighbours.panel import NeighboursPanel

    return NeighboursPanel(context)


def _probe(context: Context) -> Panel:
    from vae_gui.ui.panels.probe.panel import ProbePanel

    return ProbePanel(context)


def _manifold(context: Context) -> Panel:
    from vae_gui.ui.panels.manifold.panel import ManifoldPanel

    return ManifoldPanel(context)


def _draw(context: Context) -> Panel:
    from vae_gui.ui.panels.draw.panel import DrawPanel

    return DrawPanel(context)


def _gap(context: Context) -> Panel:
    from vae_gui.ui.panels.gap.panel import GapPanel

    return GapPanel(context)


def _bookmarks(context: Context) -> Panel:
    from vae_gui.ui.panels.bookmarks.panel import BookmarksPanel

    return BookmarksPanel(context)


def _paths(context: Context) -> Panel:
    from vae_gui.ui.panels.paths.panel import PathLabPanel

    return PathLabPanel(context)


def _runs(context: Context) -> Panel:
    from vae_gui.ui.panels.runs.panel import RunsPanel

    return RunsPanel(context)


def _twins(context: Context) -> Panel:
    from vae_gui.ui.panels.twins.panel import TwinsPanel

    return TwinsPanel(context)


PANELS = (
    PanelEntry("pad", "Latent pad", "drag to decode", Area.PAD, _pad),
    PanelEntry(
        "explore",
        "Explore",
        "the digit at the cursor, and one dimension a row",
        Area.BENCH,
        _explore,
        former_name="traversal",
    ),
    PanelEntry(
        "draw", "Draw", "where your own digit lies, and how sure the model is", Area.BENCH, _draw
    ),
    PanelEntry(
        "paths", "Paths", "from A to B, compared; choose one for the strip", Area.BENCH, _paths
    ),
    PanelEntry("samples", "Samples", "what the latent space makes up", Area.BENCH, _samples),
    PanelEntry(
        "manifold", "Manifold", "the plane as digits; click to go there", Area.BENCH, _manifold
    ),
    PanelEntry(
        "embedding",
        "Embedding",
        "all dimensions in two; click to go there",
        Area.BENCH,
        _embedding,
        former_name="map",
    ),
    PanelEntry(
        "reconstructions",
        "Reconstructions",
        "what the model makes of an image",
        Area.BENCH,
        _reconstructions,
    ),
    PanelEntry(
        "neighbours",
        "Neighbours",
        "the training images nearest to the digit",
        Area.BENCH,
        _neighbours,
    ),
    PanelEntry("probe", "Probe", "how much of the class is in μ", Area.BENCH, _probe),
    PanelEntry("curves", "Curves", "line: batches, points: test images", Area.BENCH, _curves),
    PanelEntry("gap", "Gap", "how far the ELBO is below log p(x), and why", Area.BENCH, _gap),
    PanelEntry("runs", "Runs", "all models, compared; click to open one", Area.BENCH, _runs),
    PanelEntry(
        "twins", "Twins", "a second model beside the pad, one cursor in both", Area.BENCH, _twins
    ),
    PanelEntry("bookmarks", "Bookmarks", "kept points; click to go there", Area.BENCH, _bookmarks),
    PanelEntry("interpolation", "Interpolation", "", Area.STRIP, _interpolation),
)
