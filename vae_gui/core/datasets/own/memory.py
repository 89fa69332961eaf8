"""Images and labels that stand in memory, made into a data set as those of a file are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.datasets.io.split import held_out
from vae_gui.core.datasets.own.load import TEST_EVERY, digest_of
from vae_gui.core.datasets.own.pictures import check_bytes, check_count, labels_from
from vae_gui.core.datasets.own.source import OwnReference

TITLE = "array"
_SEED = 0

Images = NDArray[np.uint8]
Values = Sequence[str] | Sequence[int]


def data_in_memory(
    train: Images, labels: Values | None, test: Images | None, test_labels: Values | None
) -> ImageData:
    """Make a data set of images (n, side, side), which it keeps, and one label for each.

    test: the test images; None holds out every tenth image of each class. Raises UserError for too few or too many.
    """
    check_count(len(train), TITLE)
    check_bytes(train.size, TITLE)
    if test is not None and test_labels is None:
        labels = None
    found = labels_from([] if labels is None else [*labels, *(test_labels or ())])
    names = () if found is None else found.names
    first = None if found is None else found.indices[: len(train)]
    if test is None:
        kept, held = held_out(len(train), first, TEST_EVERY, _SEED)
        splits = _part(train, first, kept), _part(train, first, held)
    else:
        last = None if found is None else found.indices[len(train) :]
        splits = Split(train, first), Split(test, last)
    digest = digest_of(splits, names)
    name = OwnReference(TITLE, train.shape[1], "no", _SEED, digest).name
    return ImageData(name, TITLE, *splits, names, digest)


def _part(images: Images, labels: NDArray[np.int16] | None, chosen: NDArray[np.intp]) -> Split:
    return Split(images[chosen], None if labels is None else labels[chosen])
