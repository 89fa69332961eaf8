"""Linear probe: logistic regression of the class on μ, beside the same on raw pixels (Alain & Bengio 2016)."""

import warnings
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.settings import Setting, validate
from vae_gui.core.support.subprocess_job import Arrays, Report, run_in_subprocess
from vae_gui.core.vae.snapshot import Snapshot

MAX_ITERATIONS = 500
MIN_IMAGES = 20  # training images
INPUTS = ("mu", "pixels")


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """images: how many training images, at most; they are chosen by the seed."""

    images: Annotated[
        int,
        Setting("Training images", "More take longer.", MIN_IMAGES, 200_000, "images"),
    ] = 10_000
    seed: Annotated[int, Setting("Seed", "Chooses the images.", 0, 2**31 - 1)] = 0

    def __post_init__(self) -> None:
        validate(self)


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """A classifier on the test split.

    confusion: (c, c) int64, test images by true class (rows) and predicted class (columns).
    converged: whether the fit reached its optimum within MAX_ITERATIONS; iterations: how many it took.
    features: numbers per image that it sees.
    """

    confusion: NDArray[np.int64]
    converged: bool
    iterations: int
    features: int

    @property
    def accuracy(self) -> float:
        return float(np.trace(self.confusion) / self.confusion.sum())


@dataclass(frozen=True, slots=True, eq=False)
class ProbeResult:
    """Both scores, of the weights at `step` of the run; `pixels` is None until it is fitted.

    train_images of train_available were fitted on, all test_images scored. chance: the accuracy of
    always answering the commonest class of the training images.
    """

    run_id: str
    step: int
    class_names: tuple[str, ...]
    train_images: int
    train_available: int
    test_images: int
    chance: float
    mu: Score
    pixels: Score | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ProbeProgress(Progress):
    """Progress that carries what is known so far."""

    result: ProbeResult


def probe(snapshot: Snapshot, data: ImageData, settings: ProbeSettings) -> Job[ProbeResult]:
    """Fit on the training split and score on the test split; yields a ProbeProgress once μ is scored."""
    train, test = chosen(data.train, settings), data.test
    y_train, y_test = labels_of(train), labels_of(test)
    mu_train = (yield from encode(snapshot, train, data.class_names)).mu
    mu_test = (yield from encode(snapshot, test, data.class_names)).mu
    arrays: Arrays = {
        "mu_train": mu_train,
        "mu_test": mu_test,
        "pixels_train": train.images.reshape(len(train), -1),
        "pixels_test": test.images.reshape(len(test), -1),
        "y_train": y_train,
    }
    commonest = np.bincount(y_train).argmax()

    def partial(progress: Progress, found: Arrays) -> Progress:
        if not found:
            return progress
        score = _score("mu", found, y_test, mu_test.shape[1], len(data.class_names))
        result = ProbeResult(
            snapshot.run_id,
            snapshot.step,
            data.class_names,
            len(train),
            len(data.train),
            len(test),
            float(np.mean(y_test == commonest)),
            score,
        )
        return ProbeProgress(progress.done, progress.total, progress.text, result)

    found = yield from run_in_subprocess(_fit, arrays, partial)
    last = partial(Progress(2, 2, ""), found)
    assert isinstance(last, ProbeProgress)
    size = int(np.prod(test.images.shape[1:]))
    pixels = _score("pixels", found, y_test, size, len(data.class_names))
    return replace(last.result, pixels=pixels)


def chosen(train: Split, settings: ProbeSettings) -> Split:
    """The images to fit on: as many as asked for, drawn by the seed without replacement."""
    if settings.images >= len(train):
        return train
    order = np.random.default_rng(settings.seed).permutation(len(train))
    index = np.sort(order[: settings.images])
    return Split(train.images[index], None if train.labels is None else train.labels[index])


def labels_of(split: Split) -> NDArray[np.int16]:
    """The labels; raises UserError where there is nothing to tell apart."""
    if split.labels is None:
        raise UserError("These images have no labels: there is no class to predict.")
    if len(split) == 0 or len(np.unique(split.labels)) < 2:
        raise UserError("The probe needs images of at least two classes: choose more images.")
    return split.labels


def _score(
    name: str, found: Arrays, truth: NDArray[np.int16], features: int, classes: int
) -> Score:
    cells = truth.astype(np.int64) * classes + np.asarray(found[f"{name}_predicted"], np.int64)
    return Score(
        np.bincount(cells, minlength=classes**2).reshape(classes, classes),
        bool(found[f"{name}_converged"]),
        int(found[f"{name}_iterations"]),
        features,
    )


def _fit(arrays: Arrays, report: Report) -> Arrays:
    found: Arrays = {}
    for done, (name, what) in enumerate(zip(INPUTS, ("μ", "pixels"), strict=True)):
        report(Progress(done, len(INPUTS), f"Probe: fitting on {what}"), dict(found))
        train, test = (np.asarray(arrays[f"{name}_{part}"]) for part in ("train", "test"))
        found |= {
            f"{name}_{key}": value
            for key, value in classify(train, arrays["y_train"], test).items()
        }
    return found


def classify(
    x_train: NDArray[np.generic], y_train: NDArray[np.generic], x_test: NDArray[np.generic]
) -> Arrays:
    """Standardise, fit, predict: `predicted` (n_test,), `converged` and `iterations`."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler()
    x = scaler.fit_transform(x_train.astype(np.float32))
    model = LogisticRegression(max_iter=MAX_ITERATIONS)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(x, y_train)
    failed = any(issubclass(warning.category, ConvergenceWarning) for warning in caught)
    return {
        "predicted": np.asarray(model.predict(scaler.transform(x_test.astype(np.float32)))),
        "converged": np.array(not failed),
        "iterations": np.array(int(np.max(model.n_iter_))),
    }
