"""Latent state, bookmarks and pad layers in a workspace file: packed into it and unpacked.

What was added after the first files were written has to be absent from the document where there is none.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.paths import path_named
from vae_gui.core.pictures.layers import LAYERS
from vae_gui.core.state.latent import LatentState, Stroke
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.core.storage.bookmarks import Bookmark, Bookmarks
from vae_gui.core.storage.verified_container import Arrays
from vae_gui.core.storage.workspace_values import array_of, parts
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.json_values import count, flag, items, numbers, require, text
from vae_gui.core.support.types import Z

# Names in files of earlier versions.
FORMER_LAYERS = {"map": "coverage", "bubbles": "posterior_ellipses", "ellipse": "drawing"}
_MAX_LAYERS = 100
_MAX_LAYOUT_LENGTH = 2**19  # characters
Document = dict[str, object]
Tensors = dict[str, NDArray[np.generic]]


def pack_latent(latent: LatentState) -> tuple[Document, Tensors]:
    """A freehand path and a drawing may have thousands of points, too many for the document."""
    document: Document = {
        "cursor": latent.cursor,
        "a": latent.a,
        "b": latent.b,
        "axes": latent.axes,
        "frames": latent.frames,
        "path": latent.path,
        "spacing": latent.spacing,
        "keyframes": latent.keyframes,
        "stroke_lengths": [len(stroke) for stroke in latent.strokes],
    }
    if latent.unknown:
        document["unknown_lengths"] = [len(stroke) for stroke in latent.unknown]
    strokes, unknown = (
        [point for stroke in lines for point in stroke]
        for lines in (latent.strokes, latent.unknown)
    )
    lists = {
        "latent/by_hand": latent.freehand,
        "latent/strokes": strokes,
        "latent/unknown": unknown,
    }
    return document, {name: np.array(points) for name, points in lists.items() if points}


def unpack_latent(values: Document, tensors: Arrays) -> LatentState:
    """Files from before there were paths and drawings have none."""
    x_axis, y_axis = (count(axis) for axis in items(values["axes"]))
    bare = LatentState(numbers(values["cursor"]), numbers(values["a"]), numbers(values["b"]))
    return replace(
        bare,
        axes=(x_axis, y_axis),
        frames=count(values["frames"]),
        path=_path(text(values.get("path", bare.path))),
        spacing=text(values.get("spacing", bare.spacing)),
        keyframes=tuple(numbers(point) for point in items(values.get("keyframes", []))),
        freehand=_points(tensors.get("latent/by_hand")),
        strokes=_strokes(items(values.get("stroke_lengths", [])), tensors.get("latent/strokes")),
        unknown=_strokes(items(values.get("unknown_lengths", [])), tensors.get("latent/unknown")),
    )


def _path(name: str) -> str:
    try:
        return path_named(name).name
    except UserError as error:
        raise ValueError("there is no such path") from error


def pack_bookmarks(bookmarks: Bookmarks) -> tuple[Document, Tensors]:
    """Thumbnails lie one after the other, each with the side that the document says."""
    kept = bookmarks.kept
    document: Document = {
        "names": [bookmark.name for bookmark in kept],
        "sides": [len(bookmark.thumbnail) for bookmark in kept],
    }
    z = np.array([bookmark.z for bookmark in kept], np.float64)
    pixels = [bookmark.thumbnail.ravel() for bookmark in kept]
    return document, {
        "bookmarks/z": z.reshape(len(kept), bookmarks.latent_dim),
        "bookmarks/thumbnails": np.concatenate([np.zeros(0, np.uint8), *pixels]),
    }


def unpack_bookmarks(values: Document, latent_dim: int, tensors: Arrays) -> Bookmarks:
    names = [text(name) for name in items(values["names"])]
    sides = [count(side) for side in items(values["sides"])]
    z = array_of(tensors["bookmarks/z"], np.float64, 2)
    require(z.shape == (len(names), latent_dim), "the bookmarks are of another model")
    pixels = array_of(tensors["bookmarks/thumbnails"], np.uint8, 1)
    images = parts(pixels, [side * side for side in sides])
    try:
        kept = [
            Bookmark(name, tuple(point), np.array(image).reshape(side, side))
            for name, point, side, image in zip(names, z.tolist(), sides, images, strict=True)
        ]
        return Bookmarks(latent_dim, tuple(kept))
    except UserError as error:
        raise ValueError("not a bookmark") from error


def pack_layers(layers: PadLayers) -> Document:
    return {"background": layers.background, **dict(layers.overlays)}


def unpack_layers(values: Document) -> PadLayers:
    """A background that this version does not know is none; an overlay that it does not know is kept."""
    background = text(values["background"])
    background = FORMER_LAYERS.get(background, background)
    require(len(values) <= _MAX_LAYERS, "there are too many layers")
    overlays = {text(name): flag(value) for name, value in values.items() if name != "background"}
    renamed = {FORMER_LAYERS.get(name, name): shown for name, shown in overlays.items()}
    return PadLayers(background if background in LAYERS else "none").with_overlays(renamed)


def _points(array: NDArray[np.generic] | None) -> tuple[Z, ...]:
    if array is None:
        return ()
    return tuple(tuple(point) for point in array_of(array, np.float64, 2).tolist())


def _strokes(lengths: list[object], array: NDArray[np.generic] | None) -> tuple[Stroke, ...]:
    points = np.zeros((0, 2)) if array is None else array_of(array, np.float64, 2)
    require(points.shape[1] == 2, "a drawing has two dimensions")
    strokes = parts(points, [count(length) for length in lengths])
    return tuple(tuple((x, y) for x, y in stroke.tolist()) for stroke in strokes)
