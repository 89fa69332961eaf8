"""What the pad shows under and over its cursor: one frozen choice."""

from dataclasses import dataclass
from enum import Enum


class Background(Enum):
    """What lies under the encodings; one at a time."""

    NONE = "none"
    DENSITY = "density"
    MANIFOLD = "manifold"
    MAP = "map"
    DISTORTION = "distortion"


@dataclass(frozen=True, slots=True)
class PadLayers:
    """One background under any of the overlays.

    bubbles: the 1σ ellipses of some encodings. path: the way from A to B and both ends.
    digit: the decoded image beside the cursor. ellipse: q(z|x) of the drawing over its exact p(z|x).
    """

    background: Background = Background.NONE
    encodings: bool = True
    class_names: bool = True
    bubbles: bool = False
    path: bool = True
    digit: bool = True
    ellipse: bool = True
