"""Own images opened: those to train on, those to test on where they have a place of their own, and their labels."""

from dataclasses import dataclass
from pathlib import Path

from vae_gui.core.datasets.own import arrays, npz
from vae_gui.core.datasets.own.folder import SUFFIXES, open_folder
from vae_gui.core.datasets.own.idx import open_idx
from vae_gui.core.datasets.own.label_file import labels_in
from vae_gui.core.datasets.own.npz import has_test, open_npz
from vae_gui.core.datasets.own.pictures import Labels, Pictures, labels_from
from vae_gui.core.datasets.own.source import OwnImages
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job


@dataclass(frozen=True, slots=True, eq=False)
class OpenedImages:
    """labels: of `train`, test_labels: of `test`, indices into the same names; both None where either is not known.

    test: None where a part of `train` is to be held out. note: what was not used as it is, or "".
    """

    train: Pictures
    labels: Labels | None
    test: Pictures | None
    test_labels: Labels | None
    note: str

    @property
    def class_names(self) -> tuple[str, ...]:
        return () if self.labels is None else self.labels.names


def open_images(source: OwnImages) -> Job[OpenedImages]:
    """Raises UserError with a sentence where a part cannot be used."""
    train = yield from _open(source.path)
    test = yield from _open_test(source)
    labels = _labels(train, source.labels)
    if test is None or labels is None:
        return OpenedImages(train, labels, test, None, train.note)
    test_labels = _labels(test, source.test_labels)
    if test_labels is None:
        raise UserError(
            f"The test images of “{source.title}” have no labels, but those to train on have: "
            "name a file with them, too."
        )
    return _with_common_names(train, labels, test, test_labels)


def _open_test(source: OwnImages) -> Job[Pictures | None]:
    if source.test is not None:
        return (yield from _open(source.test))
    if source.path.suffix.lower() == ".npz" and has_test(source.path):
        return (yield from open_npz(source.path, npz.TEST))
    return None


def _open(path: Path) -> Job[Pictures]:
    try:
        is_folder = path.is_dir()
    except OSError as error:
        raise UserError(
            f"“{path}” cannot be reached ({error.strerror or error}): choose another source."
        ) from error
    if is_folder:
        return (yield from open_folder(path))
    if path.suffix.lower() in SUFFIXES:
        raise UserError(
            f"“{path.name}” is a single image: choose the folder that holds the images."
        )
    if path.suffix.lower() in arrays.SUFFIXES:
        return (yield from open_npz(path))
    return (yield from open_idx(path))


def _labels(pictures: Pictures, path: Path | None) -> Labels | None:
    """Return the labels from a file of their own, or those that stand with the images."""
    if path is None:
        return pictures.labels
    labels = labels_from(labels_in(path, pictures.count))
    if labels is None:
        raise UserError(
            f"“{path.name}” holds one class, or far too many: choose the file with the labels."
        )
    return labels


def _with_common_names(
    train: Pictures, labels: Labels, test: Pictures, test_labels: Labels
) -> OpenedImages:
    words = [one.names[index] for one in (labels, test_labels) for index in one.indices]
    common = labels_from(words)
    assert common is not None, "each of the two has more than one class, and not too many"
    parts = common.indices[: train.count], common.indices[train.count :]
    first, second = (Labels(indices, common.names) for indices in parts)
    return OpenedImages(train, first, test, second, train.note)
