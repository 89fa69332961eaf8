"""`Model`: what a trained model can do, on arrays; `load` and `pretrained` open one."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vae_gui.api.drawing import as_html, picture
from vae_gui.api.images import FilePath, Images, pixels
from vae_gui.api.on_cpu import on_cpu
from vae_gui.core.analysis.prototypes import prototypes_of
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.paths.curves import slerp, straight
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support import arguments
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.config import RunConfig
from vae_gui.resources import PRETRAINED, resources_dir

if TYPE_CHECKING:
    from torch import nn

    from vae_gui.core.inference.engine import Engine

Floats = NDArray[np.float32]
Labels = NDArray[np.int16]
STRIP = 10  # images of `_repr_html_`
MAX_SAMPLES = 1_000_000
MAX_SEED = 2**32 - 1
_PART = 1024  # images or points that pass through the network together
_PATHS = ("straight", "slerp")


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a model on images: means in nats per image; more is better but for `reconstruction` and `kl`.

    What was not asked for, and what an autoencoder has not, is None.

    Attributes:
        images: how many.
        elbo: −(reconstruction + kl), the evidence lower bound with one sample of z per image.
        reconstruction: −log p(x|z); of an autoencoder the squared error, which is no likelihood.
        kl: KL(q(z|x) ‖ p(z)).
        iwae: the importance-weighted bound of log p(x) with `samples` samples of z per image (Burda et al. 2016).
        samples: of z for that bound.
        log_evidence: log p(x), exact by quadrature.
    """

    images: int
    elbo: float | None
    reconstruction: float
    kl: float | None
    iwae: float | None
    samples: int
    log_evidence: float | None


class Model:
    """A trained model. It is made by `train`, `load` or `pretrained`; a notebook shows it as a strip of ten digits.

    Attributes:
        config: how it was trained.
        latent_dim: dimensions of z.
        side: height and width of an image.
        history: the curves as (steps, tests), each (n, 4) float64 of step, objective, reconstruction, KL;
            None where its file has none.
        test_images: (n, side, side) uint8, those of the data that it was trained on, for a model that was trained
            here; those that its file brings along, for one that was loaded; else None.
        test_labels: theirs, (n,) int16.
    """

    def __init__(self, workspace: Workspace, data: ImageData | None = None) -> None:
        self.workspace, self.data = workspace, data
        self._engine: Engine | None = None
        rows, known = workspace.history, data or workspace.originals
        self.config: RunConfig = workspace.checkpoint.config
        self.latent_dim: int = self.config.model.latent_dim
        self.side: int = self.config.model.side
        self.history = None if rows is None else (rows.steps, rows.tests)
        self.test_images: Images | None = None if known is None else known.test.images
        self.test_labels: Labels | None = None if known is None else known.test.labels

    def __repr__(self) -> str:
        step = self.workspace.checkpoint.snapshot.step
        return f"<Model {self.workspace.title!r}, {self.latent_dim} dimensions, {step} steps>"

    def _repr_html_(self) -> str:
        """Show ten images: prototypes where the classes are known, else samples."""
        encodings = self.workspace.encodings
        labelled = encodings is not None and encodings.labels is not None
        shown = self.prototypes()[:STRIP] if labelled else self.sample(STRIP)
        return as_html(picture(shown), "ten images of the model") + f"<br>{html.escape(repr(self))}"

    @on_cpu()
    def encode(self, images: ArrayLike) -> tuple[Floats, Floats | None]:
        """Return q(z|x) = N(μ, σ²) as `mu` and `logvar` = log σ², (n, latent_dim) float32; logvar is None for an autoencoder.

        Args:
            images: (n, side, side), (n, 1, side, side), (n, side²), or one as (side, side) or (side²,); whole numbers in
                0…255 or floats in 0…1, as an array, a list or a tensor.

        Raises:
            TypeError, ValueError: they are anything else.
        """
        array, engine = self._pixels("images", images), self._answers()
        parts = [
            engine.encode(array[start : start + _PART]) for start in range(0, len(array), _PART)
        ]
        mu = np.concatenate([part for part, _ in parts])
        logvar = [part for _, part in parts if part is not None]
        return mu, np.concatenate(logvar) if logvar else None

    def transform(self, images: ArrayLike) -> Floats:
        """Return `mu` alone, (n, latent_dim) float32: what stands in for the images in scikit-learn.

        Args:
            images: as for `encode`.
        """
        return self.encode(images)[0]

    @on_cpu()
    def decode(self, z: ArrayLike) -> Floats:
        """Return the mean images of p(x|z), (n, side, side) float32 in 0…1.

        Args:
            z: (n, latent_dim), or one as (latent_dim,), finite.

        Raises:
            TypeError, ValueError: it is anything else.
        """
        wanted = f"(n, {self.latent_dim}) or ({self.latent_dim},)"
        given = arguments.array("z", z, wanted)
        points = np.atleast_2d(given.astype(np.float64))
        if points.ndim != 2 or points.shape[1] != self.latent_dim:
            raise ValueError(f"z must be {wanted}, not {given.shape}")
        if not len(points) or not (np.abs(points) <= np.finfo(np.float32).max).all():
            raise ValueError("z must be at least one row of finite float32 numbers")
        engine, exact = self._answers(), points.astype(np.float32)
        parts = [exact[start : start + _PART] for start in range(0, len(exact), _PART)]
        return np.concatenate([engine.mean_images(part) for part in parts])

    def reconstruct(self, images: ArrayLike) -> Floats:
        """Return decode(μ) of each image, (n, side, side) float32 in 0…1.

        Args:
            images: as for `encode`.
        """
        return self.decode(self.transform(images))

    def interpolate(
        self, a: ArrayLike, b: ArrayLike, n: int = 10, path: str = "straight"
    ) -> Floats:
        """Return n images on the way from a to b, both included: (n, side, side) float32 in 0…1.

        Args:
            a: a point z (latent_dim,), or an image (side, side), which stands for its μ.
            b: the other end, in either form.
            n: how many.
            path: "straight", or "slerp", where direction and norm of z change evenly (White 2016).
        """
        n = arguments.whole("n", n, 2, MAX_SAMPLES)
        if path not in _PATHS:
            raise ValueError(f"path must be one of {', '.join(_PATHS)}, not {path!r}")
        first, last = self._point("a", a), self._point("b", b)
        line = slerp(first, last, n).points if path == "slerp" else straight(first, last, n)
        return self.decode(line)

    def prototypes(self) -> Floats:
        """Return the image of each class, (classes, side, side) float32 in 0…1: decoded where its encodings are densest.

        The mean of a class would often lie among those of another one.

        Raises:
            UserError: no classes are known.
        """
        encodings = self.workspace.encodings
        if encodings is None or encodings.labels is None:
            raise UserError("This model knows no classes: train it with labels to have prototypes.")
        return self.decode(prototypes_of(encodings))

    def sample(self, n: int, seed: int = 0) -> Floats:
        """Return n images that the model makes up, decode(z) with z ~ N(0, I): (n, side, side) float32 in 0…1.

        Args:
            n: how many.
            seed: of z.
        """
        n = arguments.whole("n", n, 1, MAX_SAMPLES)
        seed = arguments.whole("seed", seed, 0, MAX_SEED)
        noise = np.random.default_rng(seed).standard_normal((n, self.latent_dim))
        return self.decode(noise)

    @on_cpu()
    def elbo(self, images: ArrayLike, seed: int = 0) -> Floats:
        """Return the evidence lower bound of each image in nats, (n,) float32, with one sample of z drawn by `seed`.

        Args:
            images: as for `encode`.
            seed: of z.

        Raises:
            UserError: the model is an autoencoder, which has no likelihood (Kingma & Welling 2014).
        """
        array = self._pixels("images", images)
        seed = arguments.whole("seed", seed, 0, MAX_SEED)
        with import_lock():
            from vae_gui.core.vae.evaluation import elbo_of_images

        found: Floats = elbo_of_images(self.workspace.checkpoint.snapshot, array, seed)
        return found

    @on_cpu()
    def evaluate(
        self, images: ArrayLike | None = None, *, samples: int = 0, exact: bool = False
    ) -> Scores:
        """Return how well the model explains images, by its run's seed: the numbers of `vae-gui evaluate`.

        Args:
            images: as for `encode`; None for `test_images`.
            samples: of z for the IWAE bound, up to 10,000; 0 leaves it out.
            exact: whether log p(x) is found by quadrature, which takes seconds and two dimensions.

        Raises:
            UserError: it cannot be found, as in more than two dimensions.
        """
        if images is None and self.test_images is None:
            raise ValueError("images must be given: the model has no test images")
        given = self.test_images if images is None else images
        assert given is not None
        split = Split(self._pixels("images", given), None)
        with import_lock():
            from vae_gui.core.analysis.exact_posterior import likelihood_grid
            from vae_gui.core.analysis.shared_quadrature import log_evidences_of
            from vae_gui.core.vae.evaluation import MAX_IWAE_SAMPLES, evaluate

        samples = arguments.whole("samples", samples, 0, MAX_IWAE_SAMPLES)
        arguments.instance("exact", exact, bool, "True or False")
        snapshot = self.workspace.checkpoint.snapshot
        evidence = None
        if exact:
            grid = finish(likelihood_grid(snapshot))
            evidence = float(finish(log_evidences_of(grid, split.images)).mean())
        data = ImageData(self.config.dataset, "the images", split, split, ())
        found = finish(evaluate(self.config, snapshot, data, samples))
        return Scores(
            found.images,
            found.elbo,
            found.reconstruction,
            None if found.deterministic else found.kl,
            found.importance_weighted,
            found.samples,
            evidence,
        )

    @on_cpu()
    def module(self) -> nn.Module:
        """Return a copy as `torch.nn.Module` in eval mode, with `encode(x)` and `decode(z)` on tensors.

        x: (B, 1, side, side) in 0…1. `decode` gives logits (B, 1, side, side).
        """
        with import_lock():
            from vae_gui.core.vae.models.base import restore

        return restore(self.workspace.checkpoint.snapshot)

    def save(self, path: FilePath) -> Path:
        """Write a workspace (.vae), all or nothing, which opens in the app; return its path.

        Raises:
            UserError: the ending is another one, or it cannot be written.
        """
        place = arguments.file("path", path)
        files.check_workspace(place)
        files.save(self.workspace, place)
        return place

    def _answers(self) -> Engine:
        if self._engine is None:
            with import_lock():
                from vae_gui.core.inference.engine import Engine

            self._engine = Engine(self.workspace.checkpoint.snapshot)
        return self._engine

    def _pixels(self, name: str, images: ArrayLike) -> Images:
        return pixels(name, images, self.side)

    def _point(self, name: str, end: ArrayLike) -> NDArray[np.float64]:
        """Return z of a point or of an image, (latent_dim,)."""
        wanted = f"a point ({self.latent_dim},) or an image ({self.side}, {self.side})"
        array = arguments.array(name, end, wanted)
        if array.shape == (self.latent_dim,):
            return array.astype(np.float64)
        if array.shape != (self.side, self.side):
            raise ValueError(f"{name} must be {wanted}, not {array.shape}")
        point: NDArray[np.float64] = self.transform(pixels(name, array, self.side))[0].astype(float)
        return point


def load(path: FilePath) -> Model:
    """Return the model of a workspace (.vae).

    Raises:
        UserError: it is not there, or not whole.
    """
    return Model(files.load(arguments.file("path", path)))


def pretrained() -> Model:
    """Return the model that the app opens with: two dimensions, trained on MNIST, of which it brings 500 test images."""
    return load(resources_dir() / PRETRAINED)
