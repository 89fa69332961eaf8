"""The contract of every entry in OVERLAYS: it paints when it is on, and only then."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.ui.plane.marks import Marks
from vae_gui.ui.plane.overlays import OVERLAYS, PadOverlay, Stage, paint_overlays, shows
from vae_gui.ui.plane.posterior_mark import PosteriorMark
from vae_gui.ui.plane.scene import Ellipses, PlaneScene
from vae_gui.ui.style.theme import DARK

SIZE = 240
every_overlay = pytest.mark.parametrize("overlay", OVERLAYS.values(), ids=OVERLAYS)
PAINTED = [overlay for overlay in OVERLAYS.values() if overlay.paint is not None]
CIRCLE = np.array([(np.cos(t), np.sin(t)) for t in np.linspace(0, 2 * np.pi, 40)])


def scene_of(layers: PadLayers) -> PlaneScene:
    """One of everything, on a plane from -3 to 3."""
    marks = Marks(
        markers=(("A", (-1.0, -1.0)), ("B", (1.0, 1.0))),
        path=((-1.0, -1.0), (1.0, 1.0)),
        labels=(("a", (-2.0, 1.0)),),
        tile=np.full((28, 28), 200, np.uint8),
    )
    return PlaneScene(
        layers,
        marks,
        lambda at: QPointF(SIZE * (at[0] + 3) / 6, SIZE * (3 - at[1]) / 6),
        QRectF(0, 0, SIZE, SIZE),
        DARK,
        Ellipses(np.array([[0.5, -1.0, 0.4, 0.2, 0.3]]), ("#ff0000",)),
        PosteriorMark((0.0, 1.5), (("39 %", CIRCLE),)),
    )


def painted(layers: PadLayers, stage: Stage) -> np.ndarray:
    image = QImage(SIZE, SIZE, QImage.Format.Format_RGB888)
    image.fill(0)
    painter = QPainter(image)
    paint_overlays(painter, stage, scene_of(layers))
    painter.end()
    return np.array(image.constBits(), copy=True)


@every_overlay
def test_an_overlay_describes_itself(overlay: PadOverlay) -> None:
    assert OVERLAYS[overlay.name] is overlay
    assert overlay.title
    assert overlay.tip


@pytest.mark.parametrize("overlay", PAINTED, ids=[overlay.name for overlay in PAINTED])
def test_it_is_painted_in_its_stage_when_it_is_on_and_only_then(qapp, overlay: PadOverlay) -> None:
    none = PadLayers().with_overlays(dict.fromkeys(OVERLAYS, False))
    alone = none.with_overlays({overlay.name: True})
    for stage in Stage:
        assert not painted(none, stage).any()
        assert painted(alone, stage).any() == (stage is overlay.stage)


@every_overlay
def test_it_is_shown_by_default_as_it_says(overlay: PadOverlay) -> None:
    assert shows(PadLayers(), overlay.name) == overlay.default
