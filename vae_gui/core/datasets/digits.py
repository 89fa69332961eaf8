"""The data set that needs no network: scikit-learn's real handwritten digits, redrawn in the manner of MNIST."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import DatasetEntry, ImageData, Split
from vae_gui.core.datasets.io.split import held_out
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress

SIDE = 28
CLASS_NAMES = tuple("0123456789")
_SOURCE_SIDE = 8
_SOURCE_MAXIMUM = 16
# Enlarged 2.4 times, the strokes fill a box about 20 pixels high, as those of MNIST do.
_ENLARGEMENT = 2.4
# Enlarging blurs; a steeper ramp gives back the edge. With these limits the share of black, grey and
# white pixels is that of MNIST, and the faint ripples that Lanczos leaves around a stroke are black.
_BLACK, _WHITE = 0.22, 0.7
_TEST_EVERY = 5
_SPLIT_SEED = 0
_CHUNK = 256


def find(_folder: Path) -> bool:
    """Return True always: the images come with scikit-learn."""
    return True


def load(_folder: Path, _download: bool) -> Job[ImageData]:
    """Read and redraw the 1 797 digits; neither a folder nor a network is needed."""
    yield Progress(0, None, "Opening the digits")
    with import_lock():
        from sklearn.datasets import load_digits

    bundle = load_digits()
    labels = np.asarray(bundle.target, np.int16)
    coarse = np.asarray(bundle.images, np.float32) / _SOURCE_MAXIMUM
    images = np.empty((len(coarse), SIDE, SIDE), np.uint8)
    for start in range(0, len(coarse), _CHUNK):
        yield Progress(start, len(coarse), "Drawing the digits")
        for index in range(start, min(start + _CHUNK, len(coarse))):
            images[index] = redraw(coarse[index])
    train, test = stratified_split(labels)
    return ImageData(
        name=ENTRY.name,
        title=ENTRY.title,
        train=_split(images, labels, train),
        test=_split(images, labels, test),
        class_names=CLASS_NAMES,
    )


def redraw(coarse: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Enlarge a digit (8, 8) in 0..1 to (28, 28) uint8 in 0..255, its centre of mass in the middle."""
    with import_lock():
        from PIL import Image

    middles = np.arange(_SOURCE_SIDE) + 0.5
    mass = float(coarse.sum())
    across = float(coarse.sum(axis=0) @ middles) / mass + _SOURCE_SIDE / 2
    down = float(coarse.sum(axis=1) @ middles) / mass + _SOURCE_SIDE / 2
    half = SIDE / _ENLARGEMENT / 2
    padded = Image.fromarray(np.pad(coarse, _SOURCE_SIDE // 2))
    box = (across - half, down - half, across + half, down + half)
    fine = np.array(padded.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box=box), np.float32)
    ramp = (fine / fine.max() - _BLACK) / (_WHITE - _BLACK)
    return np.asarray(np.rint(255 * np.clip(ramp, 0, 1)), np.uint8)


def stratified_split(labels: NDArray[np.int16]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Sorted indices of the training and the test images: a fifth of every class, always the same."""
    return held_out(len(labels), labels, _TEST_EVERY, _SPLIT_SEED)


def _split(images: NDArray[np.uint8], labels: NDArray[np.int16], chosen: NDArray[np.intp]) -> Split:
    chosen_labels = labels[chosen]
    chosen_labels.flags.writeable = False
    return Split(images[chosen], chosen_labels)


ENTRY = DatasetEntry(
    name="digits",
    title="Digits",
    things="handwritten digits",
    centred=True,
    description="1,797 real handwritten digits that come with the app; small, quick, no network.",
    train_images=1437,
    test_images=360,
    side=SIDE,
    class_names=CLASS_NAMES,
    download_bytes=0,
    find=find,
    load=load,
)
