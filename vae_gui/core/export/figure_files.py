"""A figure as a file, in the format that the suffix says."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export.figure import Figure
from vae_gui.core.export.figure_png import to_png
from vae_gui.core.export.figure_svg import to_svg
from vae_gui.core.export.figures import manifold_figure
from vae_gui.core.export.render import decoded
from vae_gui.core.export.tables import export_images_csv
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.snapshot import Snapshot

MANIFOLD = (".svg", ".csv")  # beside the plain pictures
DRAWERS = {".svg": to_svg, ".png": to_png}


def write_figure(figure: Figure, path: Path) -> Job[Path]:
    """The suffix of `path` is one of DRAWERS."""
    yield Progress(0, None, "Drawing")
    content = DRAWERS[path.suffix.lower()](figure)
    with atomic_write(path) as file:
        file.write(content)
    return path


def write_manifold(
    snapshot: Snapshot, z: NDArray[np.floating], axes: tuple[int, int], path: Path, title: str
) -> Job[Path]:
    """The images of z (rows, columns, latent_dim) over two of its dimensions, from 0; row 0 is at the top.

    The suffix of `path` is one of MANIFOLD; as .csv each image is a row.
    """
    rows, columns = z.shape[:2]
    flat = z.reshape(rows * columns, -1)
    images = np.empty((len(flat), snapshot.model.side, snapshot.model.side), np.uint8)
    for index, image in enumerate(decoded(snapshot, flat)):
        images[index] = image
        yield Progress(index + 1, len(flat), "Decoding")
    if path.suffix.lower() == ".csv":
        return (yield from export_images_csv(flat, images, path))
    x, y = axes
    names = f"z{x + 1}", f"z{y + 1}" if rows > 1 else ""
    places = z[0, :, x].tolist(), z[:, 0, y].tolist()
    tiles = images.reshape(rows, columns, *images.shape[1:])
    return (yield from write_figure(manifold_figure(tiles, places, names, title), path))
