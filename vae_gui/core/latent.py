"""Where the user stands in the latent space: one frozen value."""

from dataclasses import dataclass, replace

Z = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LatentState:
    """cursor, a, b: points z of length latent_dim. axes: the dimensions (x, y) that the pad shows, from 0.

    frames: images on the interpolation strip, endpoints included.
    """

    cursor: Z
    a: Z
    b: Z
    axes: tuple[int, int] = (0, 1)
    frames: int = 12

    @classmethod
    def origin(cls, latent_dim: int) -> "LatentState":
        """The start in a space that nothing is known of: A and B one σ of the prior to either side."""
        zero = (0.0,) * latent_dim
        return cls(zero, (-1.0, *zero[1:]), (1.0, *zero[1:]), (0, min(1, latent_dim - 1)))

    def with_cursor(self, cursor: Z) -> "LatentState":
        return replace(self, cursor=cursor)
