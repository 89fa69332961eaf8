"""IDX files for the tests, right and wrong."""

import gzip
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TYPES = ("train-images", "train-labels", "t10k-images", "t10k-labels")
HYPHENS = tuple(f"{stem}-{'idx3' if 'images' in stem else 'idx1'}-ubyte" for stem in TYPES)


def header(*shape: int, kind: int = 8) -> bytes:
    return struct.pack(f">BBBB{len(shape)}I", 0, 0, kind, len(shape), *shape)


def encode(values: NDArray[np.uint8]) -> bytes:
    return header(*values.shape) + values.tobytes()


def tiny_set(side: int = 28) -> dict[str, bytes]:
    """The four files of a data set of 30 + 20 random images, by their usual names."""
    rng = np.random.default_rng(3)
    arrays = [
        array
        for count in (30, 20)
        for array in (
            rng.integers(0, 256, (count, side, side), np.uint8),
            (np.arange(count) % 10).astype(np.uint8),
        )
    ]
    return dict(zip(HYPHENS, map(encode, arrays), strict=True))


def write_set(folder: Path, dots: bool = False, gz: bool = False, side: int = 28) -> None:
    """Write `tiny_set` to a folder, with dots in the names or gzipped if so wanted."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in tiny_set(side).items():
        written = name.replace("-idx", ".idx") if dots else name
        if gz:
            (folder / f"{written}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / written).write_bytes(content)
