"""The pad's overlays, by name, from the lowest to the highest: what each is, and how it is painted."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtGui import QPainter

from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.ui.plane.marks import draw_tile
from vae_gui.ui.plane.posterior_mark import draw_posterior
from vae_gui.ui.plane.scene import PlaneScene
from vae_gui.ui.plane.still_marks import draw_class_names, draw_paths, draw_posterior_ellipses
from vae_gui.ui.style.painting import guarded


class Stage(Enum):
    """When an overlay is painted again: where much moves, little is painted."""

    STILL = auto()  # with axes and encodings: where the view or the encodings change
    MARKS = auto()  # where paths, names or the drawing change
    MOVING = auto()  # with the pointer


@dataclass(frozen=True, slots=True)
class PadOverlay:
    """paint: None for the encodings, which are a picture of their own. of_posterior: needs a q(z|x)."""

    name: str
    title: str
    tip: str
    stage: Stage
    paint: Callable[[QPainter, PlaneScene], None] | None
    default: bool = True
    of_posterior: bool = False


OVERLAYS = {
    overlay.name: overlay
    for overlay in (
        PadOverlay(
            "encodings",
            "Encodings",
            "The mean μ of each test image, coloured by class",
            Stage.STILL,
            None,
        ),
        PadOverlay(
            "posterior_ellipses",
            "Posterior ellipses",
            "q(z|x) of 200 images: their 1σ ellipses, to scale",
            Stage.STILL,
            draw_posterior_ellipses,
            default=False,
            of_posterior=True,
        ),
        PadOverlay(
            "drawing",
            "Your drawing",
            "Its q(z|x) at 1σ and 2σ, to scale, over the exact p(z|x)",
            Stage.MARKS,
            draw_posterior,
        ),
        PadOverlay(
            "class_names",
            "Class names",
            "At the median of each class",
            Stage.MARKS,
            draw_class_names,
        ),
        PadOverlay(
            "path",
            "Path, A and B",
            "The path of the interpolation, its keyframes and its ends",
            Stage.MARKS,
            draw_paths,
        ),
        PadOverlay(
            "digit",
            "Digit at the cursor",
            "The decoded image beside the pointer",
            Stage.MOVING,
            draw_tile,
        ),
    )
}


def shows(layers: PadLayers, name: str) -> bool:
    """Whether an overlay is on."""
    return layers.shows(name, OVERLAYS[name].default)


def paint_overlays(painter: QPainter, stage: Stage, scene: PlaneScene) -> None:
    """Those that are on, from the lowest to the highest; one that fails is missing, the others are not."""
    for overlay in OVERLAYS.values():
        if (
            overlay.stage is stage
            and overlay.paint is not None
            and shows(scene.layers, overlay.name)
        ):
            with guarded(painter):
                overlay.paint(painter, scene)
