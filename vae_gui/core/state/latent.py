"""LatentState: cursor, axes, A, B, their path and the drawing, as one frozen value."""

from dataclasses import dataclass, replace

from vae_gui.core.support.types import Z

Stroke = tuple[tuple[float, float], ...]
SPACINGS = ("z", "image")
MAX_KEYFRAMES = 200


@dataclass(frozen=True, slots=True)
class LatentState:
    """cursor, a, b: points z of length latent_dim. axes: the dimensions (x, y) that the pad shows, from 0.

    frames: images on the interpolation strip, endpoints included. path: the name of one of `core.paths.PATHS`;
    keyframes: points that it passes between A and B; freehand: the points of a path drawn on the pad, A and B included.
    spacing: whether its steps are equal in z or in the image. strokes: the drawing on the canvas,
    lines of (x, y) in 0..1 from its top left corner; unknown: the part of it that is to be completed, as such lines.
    """

    cursor: Z
    a: Z
    b: Z
    axes: tuple[int, int] = (0, 1)
    frames: int = 12
    path: str = "straight"
    spacing: str = "z"
    keyframes: tuple[Z, ...] = ()
    freehand: tuple[Z, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    unknown: tuple[Stroke, ...] = ()

    @classmethod
    def origin(cls, latent_dim: int) -> "LatentState":
        """The start in a space that nothing is known of: A and B one σ of the prior to either side."""
        zero = (0.0,) * latent_dim
        return cls(zero, (-1.0, *zero[1:]), (1.0, *zero[1:]), (0, min(1, latent_dim - 1)))

    def with_cursor(self, cursor: Z) -> "LatentState":
        return replace(self, cursor=cursor)
