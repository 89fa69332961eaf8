"""Embeddings of the encodings in two dimensions, whatever the length of z: PCA, t-SNE, UMAP.

PCA (Pearson 1901); t-SNE (van der Maaten & Hinton 2008) as interpolated by Linderman et al. 2019;
UMAP (McInnes, Healy & Melville 2018).
"""

import os
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import Split
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.packages import install_line, require
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.settings import Setting, validate
from vae_gui.core.support.subprocess_job import Arrays, Report, run_in_subprocess
from vae_gui.core.vae.encodings import Encodings, FloatArray
from vae_gui.core.vae.snapshot import Snapshot

MIN_ENCODINGS = 10  # encodings that an embedding is made of
REPORT_EVERY = 10  # iterations
_EXAGGERATED, _ITERATIONS = 250, 500
_START_SPREAD = 1e-4  # of t-SNE's first coordinates, as openTSNE starts from PCA
_ROWS_HEIGHT = 0.5  # of the rows of classes, as a share of their length


@dataclass(frozen=True, slots=True)
class MethodEntry:
    """A method of embedding. live: quick enough to follow training.

    module: what it needs. package: what brings that, where the app does not.
    """

    name: str
    title: str
    description: str
    module: str
    live: bool = False
    package: str = ""

    @property
    def packages(self) -> dict[str, str]:
        """Return the packages that the method needs, as `require` takes them."""
        return {self.module: self.package or self.module}

    @property
    def install_line(self) -> str:
        """Return what brings it into this very environment, for a terminal; "" where there is nothing to bring."""
        return install_line(self.packages)


METHODS = {
    entry.name: entry
    for entry in (
        MethodEntry(
            "pca",
            "PCA",
            "The plane in which the encodings spread most; distances are kept, the rest is hidden.",
            "numpy",
            live=True,
        ),
        MethodEntry(
            "tsne",
            "t-SNE",
            "Neighbours stay neighbours; distances between groups and their sizes mean little.",
            "openTSNE",
        ),
        MethodEntry(
            "umap",
            "UMAP",
            "Neighbours stay neighbours, and groups keep a little more of their arrangement.",
            "umap",
            package="umap-learn>=0.5.8",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """The settings of an embedding; the same settings and encodings give the same embedding."""

    method: Annotated[
        str, Setting("Method", "How z is laid out in two dimensions.", choices=METHODS)
    ] = "pca"
    images: Annotated[
        int, Setting("Images", "Test images that are laid out.", MIN_ENCODINGS, 10_000, "images")
    ] = 2000
    neighbours: Annotated[
        int,
        Setting(
            "Neighbours",
            "How many neighbours a point keeps close: t-SNE's perplexity, UMAP's n_neighbors.",
            2,
            200,
        ),
    ] = 30
    seed: Annotated[int, Setting("Seed", "Of t-SNE and UMAP.", 0, 2**31 - 1)] = 0

    def __post_init__(self) -> None:
        validate(self)


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """points: (n, 2) float32, one for each of `encodings`, of the weights at `step` of the run.

    axes: what runs across and up. components: of PCA, (2, latent_dim) float32, else None.
    """

    encodings: Encodings
    points: FloatArray
    axes: tuple[str, str]
    settings: EmbeddingSettings
    run_id: str
    step: int
    components: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddingProgress(Progress):
    """Progress that carries the embedding as far as it has come."""

    embedding: Embedding


def _require_installed(method: str) -> None:
    entry = METHODS[method]
    require(entry.packages, entry.title)


def embed_split(
    snapshot: Snapshot,
    split: Split,
    class_names: tuple[str, ...],
    settings: EmbeddingSettings,
    previous: Embedding | None = None,
) -> Job[Embedding]:
    """Encode the images with exactly these weights, then lay them out."""
    _require_installed(settings.method)
    encodings = yield from encode(snapshot, split, class_names)
    place = (snapshot.run_id, snapshot.step)
    return (yield from embed_encodings(encodings, settings, place, previous))


def embed_encodings(
    encodings: Encodings,
    settings: EmbeddingSettings,
    place: tuple[str, int],
    previous: Embedding | None = None,
) -> Job[Embedding]:
    """Lay the encodings out; place: run id and step of the weights that they come from.

    Yields an EmbeddingProgress whenever it has moved. previous: PCA keeps the directions of its axes.
    """
    yield Progress(0, None, f"{METHODS[settings.method].title} of {len(encodings)} images")
    _check(encodings, settings.method)
    if settings.method == "pca":
        return _pca(encodings, settings, place, previous)
    title = METHODS[settings.method].title
    empty = np.zeros((0, 2), np.float32)
    unfinished = Embedding(encodings, empty, (f"{title} 1", f"{title} 2"), settings, *place)

    def partial(progress: Progress, arrays: Arrays) -> Progress:
        if "points" not in arrays:
            return progress
        moved = replace(unfinished, points=np.asarray(arrays["points"], np.float32))
        return EmbeddingProgress(progress.done, progress.total, progress.text, moved)

    work = {"tsne": _tsne, "umap": _umap}[settings.method]
    given: Arrays = {
        "mu": encodings.mu,
        "neighbours": np.array(settings.neighbours),
        "seed": np.array(settings.seed),
    }
    result = yield from run_in_subprocess(work, given, partial)
    return replace(unfinished, points=np.asarray(result["points"], np.float32))


def thinned(encodings: Encodings, count: int) -> Encodings:
    """Return at most `count` of the encodings, evenly drawn."""
    if len(encodings) <= count:
        return encodings
    chosen = np.linspace(0, len(encodings) - 1, count).astype(int)
    logvar, labels = encodings.logvar, encodings.labels
    return Encodings(
        encodings.mu[chosen],
        None if logvar is None else logvar[chosen],
        None if labels is None else labels[chosen],
        encodings.class_names,
    )


def principal_components(
    mu: FloatArray,
) -> tuple[FloatArray, FloatArray, tuple[float, ...]]:
    """mu: (n, d) -> coordinates (n, k), components (k, d) and shares of the variance, k = min(d, 2)."""
    centred = mu.astype(np.float64) - mu.mean(axis=0, dtype=np.float64)
    _, values, vectors = np.linalg.svd(centred, full_matrices=False)
    count = min(2, mu.shape[1])
    components = vectors[:count]
    # A singular vector has no sign: its largest entry is made positive.
    largest = np.abs(components).argmax(axis=1)
    components = components * np.sign(components[np.arange(count), largest])[:, None]
    shares = values[:count] ** 2 / (values**2).sum()
    points = np.asarray(centred @ components.T, np.float32)
    return points, np.asarray(components, np.float32), tuple(shares.tolist())


def _check(encodings: Encodings, method: str) -> None:
    """Raise UserError where there is nothing to lay out."""
    _require_installed(method)
    if len(encodings) < MIN_ENCODINGS:
        raise UserError(
            f"An embedding needs at least {MIN_ENCODINGS} encodings: choose more images."
        )
    if not np.isfinite(encodings.mu).all():
        raise UserError("Some encodings are no numbers: lower the learning rate and train again.")
    if np.ptp(encodings.mu, axis=0).max() < 1e-6:
        raise UserError(
            "All images have the same encoding (posterior collapse): lower β and train again."
        )


def _pca(
    encodings: Encodings,
    settings: EmbeddingSettings,
    place: tuple[str, int],
    previous: Embedding | None,
) -> Embedding:
    points, components, shares = principal_components(encodings.mu)
    if previous is not None and previous.components is not None:
        known = previous.components
        if known.shape == components.shape:
            signs = np.where((known * components).sum(axis=1) < 0, -1, 1).astype(np.float32)
            points, components = points * signs, components * signs[:, None]
    names = [f"PC {i + 1} ({100 * share:.0f} % of variance)" for i, share in enumerate(shares)]
    if len(names) == 1:
        rows = _rows_of_classes(encodings, float(np.ptp(points)))
        points, names = np.column_stack((points[:, 0], rows)), [*names, "one row for each class"]
    return Embedding(encodings, points, (names[0], names[1]), settings, *place, components)


def _rows_of_classes(encodings: Encodings, length: float) -> FloatArray:
    """A line has no second axis: each class gets a row of its own, the first at the top; (n,)."""
    if encodings.labels is None:
        return np.zeros(len(encodings), np.float32)
    rows = max(1, len(encodings.class_names) - 1)
    height = _ROWS_HEIGHT * length
    return np.asarray(height * (0.5 - encodings.labels / rows), np.float32)


def _tsne(arrays: Arrays, report: Report) -> Arrays:
    from openTSNE import TSNE

    mu = np.asarray(arrays["mu"], np.float64)
    seed, total = int(arrays["seed"]), _EXAGGERATED + _ITERATIONS
    done = 0

    def moved(_iteration: int, _error: float, embedding: NDArray[np.float64]) -> None:
        nonlocal done
        done += REPORT_EVERY
        points = np.array(embedding, np.float32)
        report(Progress(done, total, f"t-SNE {done} of {total}"), {"points": points})

    report(Progress(0, None, "t-SNE: looking for neighbours"), {})
    tsne = TSNE(
        perplexity=min(float(arrays["neighbours"]), (len(mu) - 1) / 3),
        early_exaggeration_iter=_EXAGGERATED,
        n_iter=_ITERATIONS,
        initialization=_start(mu, seed),
        random_state=seed,
        n_jobs=max(1, (os.cpu_count() or 2) - 1),
        callbacks=moved,
        callbacks_every_iters=REPORT_EVERY,
    )
    return {"points": np.array(tsne.fit(mu), np.float32)}


def _start(mu: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """PCA, tiny, and enough noise to part what lies on one line or on one point; (n, 2)."""
    known = principal_components(mu.astype(np.float32))[0]
    points = np.zeros((len(mu), 2))
    points[:, : known.shape[1]] = known / known[:, 0].std()
    points += np.random.default_rng(seed).normal(0, 0.01, points.shape)
    return points * _START_SPREAD


def _umap(arrays: Arrays, report: Report) -> Arrays:
    report(Progress(0, None, "UMAP: compiling, then laying out"), {})
    from umap import UMAP

    mu = np.asarray(arrays["mu"], np.float32)
    umap = UMAP(
        n_neighbors=min(int(arrays["neighbours"]), len(mu) - 1),
        random_state=int(arrays["seed"]),
        n_jobs=1,
    )
    return {"points": np.asarray(umap.fit_transform(mu), np.float32)}
