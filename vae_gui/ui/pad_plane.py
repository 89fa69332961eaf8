"""Between a point of the latent space and its place on the plane of two dimensions."""

from vae_gui.core.latent import Z

Point = tuple[float, float]
Axes = tuple[int, int]


def on_plane(z: Z, axes: Axes) -> Point:
    """Its two shown coordinates; with one latent dimension y is 0."""
    return z[axes[0]], z[axes[1]] if len(z) > 1 else 0.0


def moved_on_plane(z: Z, axes: Axes, x: float, y: float) -> Z:
    """z with its two shown coordinates replaced; with one latent dimension y is ignored."""
    moved = list(z)
    moved[axes[1]] = y
    moved[axes[0]] = x
    return tuple(moved)
