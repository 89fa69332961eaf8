"""Grey arrays to sharp pictures: conversion, resampling, painting on whole pixels of the screen."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from vae_gui.core.support.types import Pixels

# From this scale on a screen pixel more or less in a column of the image is not seen.
_NEAREST_FROM = 4.0

FADED = 0.35  # opacity of what belongs to an older moment


def to_qimage(array: Pixels) -> QImage:
    """(h, w) uint8 as Grayscale8, or (h, w, 4) uint8 as RGBA8888; the image owns its memory."""
    assert array.dtype == np.uint8 and array.ndim in (2, 3)
    array = np.ascontiguousarray(array)
    height, width = array.shape[:2]
    gray = array.ndim == 2
    assert gray or array.shape[2] == 4
    kind = QImage.Format.Format_Grayscale8 if gray else QImage.Format.Format_RGBA8888
    return QImage(array.data, width, height, array.strides[0], kind).copy()


def resample(images: Pixels, side_px: int) -> Pixels:
    """(n, s, s) uint8 to (n, side_px, side_px) uint8.

    Nearest neighbour at whole scales and from 4 up. Between them a pixel of the screen gets the
    mean of what it covers, so that small digits are even: no column is twice as wide as its
    neighbour, and none is lost.
    """
    side = images.shape[-1]
    if side == side_px or not len(images):
        return images.reshape(-1, side_px, side_px)
    if side_px % side == 0 or side_px >= side * _NEAREST_FROM:
        nearest = np.arange(side_px) * side // side_px
        return images[:, nearest[:, None], nearest[None, :]]
    weights = _shares(side, side_px)  # (side_px, s)
    values = weights @ images.astype(np.float32) @ weights.T  # (n, side_px, side_px)
    return (values + 0.5).astype(np.uint8)


@lru_cache(maxsize=64)
def _shares(side: int, side_px: int) -> NDArray[np.float32]:
    """How much of each source pixel lies in each target pixel; rows sum to 1."""
    edges = np.arange(side_px + 1) * (side / side_px)
    source = np.arange(side)
    start = np.maximum(edges[:-1, None], source)
    end = np.minimum(edges[1:, None], source + 1)
    return np.asarray(np.clip(end - start, 0, None) * (side_px / side), np.float32)


def atlas(images: Pixels, columns: int, tile_px: int, step_px: tuple[int, int]) -> QImage:
    """(n, s, s) uint8 in one image, row by row, `step_px` (across, down) apart; gaps are clear."""
    tiles = resample(images, tile_px)
    rows = math.ceil(len(tiles) / columns)
    across, down = step_px
    full = np.zeros((rows * columns, down, across, 2), np.uint8)  # grey, alpha
    full[: len(tiles), :tile_px, :tile_px, 0] = tiles
    full[: len(tiles), :tile_px, :tile_px, 1] = 255
    sheet = full.reshape(rows, columns, down, across, 2).transpose(0, 2, 1, 3, 4)
    sheet = sheet.reshape(rows * down, columns * across, 2)
    return to_qimage(sheet[..., [0, 0, 0, 1]])


def snapped(painter: QPainter, rect: QRectF) -> tuple[QRectF, QRect]:
    """The nearest rectangle on whole pixels of the screen: in painter units and in pixels."""
    transform = painter.deviceTransform()
    pixels = transform.mapRect(rect)
    left, top = round(pixels.left()), round(pixels.top())
    whole = QRect(left, top, round(pixels.right()) - left, round(pixels.bottom()) - top)
    back, _ = transform.inverted()
    return back.mapRect(QRectF(whole)), whole


def draw_digit(painter: QPainter, rect: QRectF, image: Pixels) -> QRectF:
    """Draw (s, s) uint8 as the largest square within `rect`, sharp; returns where it was drawn."""
    side = min(rect.width(), rect.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(rect.center())
    target, pixels = snapped(painter, square)
    side_px = min(pixels.width(), pixels.height())
    if side_px >= len(image) * _NEAREST_FROM:
        source = to_qimage(image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(target, source, QRectF(source.rect()))
    elif side_px > 0:
        draw_pixels(painter, target.topLeft(), to_qimage(resample(image[None], side_px)[0]))
    return target


def scale_of(painter: QPainter) -> float:
    """Pixels of the screen, or of the picture that is exported, in one unit of the painter."""
    return float(painter.deviceTransform().m11())


def draw_pixels(
    painter: QPainter, at: QPointF, image: QImage, pixels_per_unit: float | None = None
) -> None:
    """Draw an image on whole pixels of the screen, its corner at the one nearest `at`.

    pixels_per_unit: for which the image was made; without it, one to one on the pixels of the painter.
    """
    scale = scale_of(painter) if pixels_per_unit is None else pixels_per_unit
    target, _ = snapped(
        painter, QRectF(at.x(), at.y(), image.width() / scale, image.height() / scale)
    )
    painter.drawImage(target, image, QRectF(image.rect()))
