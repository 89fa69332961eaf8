"""Animations of greys or of one palette as GIF, APNG and lossless WebP, written frame by frame.

Pillow writes an animation in one call that holds every frame and cannot be cancelled.
Here a frame is only the rectangle that differs from the one before.
"""

import io
import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export import png
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.types import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """The change that a frame makes: pixels (h, w) at column x and row y, and which of them differ."""

    x: int
    y: int
    pixels: Pixels
    changed: NDArray[np.bool_]


class AnimationWriter(Protocol):
    """Takes the frames in order; the file is complete after `finish`."""

    def add(self, patch: Patch) -> None: ...

    def finish(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """side: height and width in pixels. frames: how many will be added.

    palette: the colours that the values of the pixels stand for, at most (256, 3); None for greys.
    """

    side: int
    frames: int
    interval_ms: int
    palette: Pixels | None = None


def difference(previous: Pixels | None, frame: Pixels) -> Patch:
    """The smallest rectangle that turns `previous` into `frame`, at an even place (WebP has no other).

    Where nothing differs it is one pixel, so that the frame keeps its time.
    """
    if previous is None:
        return Patch(0, 0, frame, np.ones(frame.shape, np.bool_))
    changed = frame != previous
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if len(rows) == 0:
        return Patch(0, 0, frame[:1, :1], changed[:1, :1])
    y, x = int(rows[0]) & ~1, int(columns[0]) & ~1
    box = slice(y, int(rows[-1]) + 1), slice(x, int(columns[-1]) + 1)
    return Patch(x, y, frame[box], changed[box])


class Gif:
    """256 colours for all frames; times are in hundredths of a second."""

    def __init__(self, file: BinaryIO, clip: Clip) -> None:
        self._file, self._clip = file, clip
        colors = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(256, 3)
        if clip.palette is not None:
            colors[: len(clip.palette)] = clip.palette
        table = colors.tobytes()
        file.write(b"GIF89a" + struct.pack("<HHBBB", clip.side, clip.side, 0xF7, 0, 0) + table)
        file.write(b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", 0, 0))

    def add(self, patch: Patch) -> None:
        with import_lock():
            from PIL import GifImagePlugin, Image

        timing = {"duration": self._clip.interval_ms, "disposal": 1}
        pixels = np.ascontiguousarray(patch.pixels)
        used = np.bincount(pixels[patch.changed], minlength=256) > 0
        if not patch.changed.all() and not used.all():
            # Any value that the frame does not need stands for "as before" and compresses better.
            unused = int(np.argmin(used))
            pixels = np.where(patch.changed, pixels, np.uint8(unused))
            timing["transparency"] = unused
        for part in GifImagePlugin.getdata(Image.fromarray(pixels), (patch.x, patch.y), **timing):
            self._file.write(part)

    def finish(self) -> None:
        self._file.write(b";")


class Apng:
    """Animated PNG: the first frame is what a program without animation shows."""

    def __init__(self, file: BinaryIO, clip: Clip) -> None:
        self._file, self._clip, self._sequence = file, clip, 0
        file.write(png.header(clip.side, clip.side, clip.palette))
        file.write(png.chunk(b"acTL", struct.pack(">II", clip.frames, 0)))

    def add(self, patch: Patch) -> None:
        height, width = patch.pixels.shape
        times = (self._clip.interval_ms, 1000)
        place = struct.pack(">IIIIHHBB", width, height, patch.x, patch.y, *times, 0, 0)
        data = zlib.compress(png.scanlines(patch.pixels))
        first = self._sequence == 0
        self._file.write(png.chunk(b"fcTL", self._next_number() + place))
        if first:
            self._file.write(png.chunk(b"IDAT", data))
        else:
            self._file.write(png.chunk(b"fdAT", self._next_number() + data))

    def finish(self) -> None:
        self._file.write(png.chunk(b"IEND"))

    def _next_number(self) -> bytes:
        self._sequence += 1
        return struct.pack(">I", self._sequence - 1)


class WebP:
    """Lossless WebP frames in one RIFF file, whose length is filled in at the end."""

    _NO_BLENDING = 2

    def __init__(self, file: BinaryIO, clip: Clip) -> None:
        self._file, self._clip = file, clip
        file.write(b"RIFF\0\0\0\0WEBP")
        last = (clip.side - 1).to_bytes(3, "little")
        self._write(b"VP8X", struct.pack("<I", 2) + last + last)
        self._write(b"ANIM", struct.pack("<IH", 0xFF000000, 0))

    def add(self, patch: Patch) -> None:
        with import_lock():
            from PIL import Image

        image = io.BytesIO()
        palette = self._clip.palette
        pixels = patch.pixels if palette is None else palette[patch.pixels]
        # Method 0 is faster, but its files are three times as large; more effort gains nothing.
        Image.fromarray(np.ascontiguousarray(pixels)).save(
            image, "WEBP", lossless=True, method=2, quality=0
        )
        height, width = patch.pixels.shape
        place = (patch.x // 2, patch.y // 2, width - 1, height - 1, self._clip.interval_ms)
        numbers = b"".join(number.to_bytes(3, "little") for number in place)
        # The 12 bytes before the image's own chunk are its RIFF header.
        self._write(b"ANMF", numbers + bytes([self._NO_BLENDING]) + image.getvalue()[12:])

    def finish(self) -> None:
        end = self._file.tell()
        self._file.seek(4)
        self._file.write(struct.pack("<I", end - 8))
        self._file.seek(end)

    def _write(self, kind: bytes, content: bytes) -> None:
        self._file.write(
            kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        )
