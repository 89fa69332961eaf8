"""Latent points as words on the command line: `class:3`, `random:7`, `z:0.5,-1`, `image:12`, `a`, `b`, `cursor`."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from vae_gui.cli.output import carry_out
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.latent import sampling
from vae_gui.core.latent.start import start
from vae_gui.core.state.latent import LatentState
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.encodings import (
    ClassStatistics,
    Encodings,
    Range,
    class_statistics,
    code_range,
)

Point = NDArray[np.float64]
MAX_COORDINATE = 1e6  # of a coordinate; no model has learned anything out there
_MAX_DIGITS = 10
FORMS = "class:3, random:7, z:0.5,-1, image:12, a, b or cursor"


class LatentPointParser:
    """Points of one model. `load` brings its data set into memory, which only some places need."""

    def __init__(self, workspace: Workspace, load: Callable[[], ImageData]) -> None:
        self.workspace = workspace
        model = workspace.checkpoint.config.model
        self.latent_dim, self.deterministic = model.latent_dim, model.deterministic
        self._load = load
        self._data: ImageData | None = None
        self._statistics = workspace.statistics
        self._encodings = workspace.encodings

    @property
    def latent(self) -> LatentState:
        """Return where the person was, or where the app would begin."""
        known = self.workspace.latent
        return known or start(self.latent_dim, self.encodings() if self.deterministic else None)

    def codes(self, dimension: int) -> Range | None:
        """Return how far the codes of an autoencoder reach in a dimension; None for a VAE, which has a prior."""
        return code_range(self.encodings(), dimension) if self.deterministic else None

    def point(self, text: str) -> Point:
        """z (latent_dim,) of a place; raises UserError for anything that is none."""
        kind, _, value = text.partition(":")
        if text in ("a", "b", "cursor"):
            return np.array(getattr(self.latent, text))
        if kind == "z":
            return self._numbers(value)
        if kind == "random":
            seed = whole(value, text)
            if self.deterministic:
                return np.asarray(
                    sampling.around_encodings(self.encodings().mu, 1, seed)[0], np.float64
                )
            return np.asarray(sampling.prior(1, self.latent_dim, seed)[0], np.float64)
        if kind == "class":
            return np.asarray(self.statistics().mean_mu[self.label(value)], np.float64)
        if kind == "image":
            return np.asarray(self.encoding(whole(value, text)).mu[0], np.float64)
        raise UserError(f"“{text}” is no place in the latent space: write {FORMS}.")

    def statistics(self) -> ClassStatistics:
        """Return the statistics of the file, or of `encodings`; raise UserError where nothing has labels."""
        if self._statistics is None:
            self._statistics = class_statistics(self.encodings())
        if self._statistics is None:
            raise UserError("The images of this model have no classes: name another place.")
        return self._statistics

    def encodings(self) -> Encodings:
        """Those with labels in the file, else of all test images."""
        if self._encodings is None or self._encodings.labels is None:
            data = self.data()
            self._encodings = self._encode(data, data.test)
        return self._encodings

    def label(self, name: str) -> int:
        """The index of a class by its name, or by its number from 0."""
        statistics = self.statistics()
        names = statistics.class_names
        if name in names:
            label = names.index(name)
        elif is_whole(name) and int(name) < len(names):
            label = int(name)
        else:
            raise UserError(f"There is no class “{name}”: choose one of {', '.join(names)}.")
        if statistics.count[label] == 0:
            raise UserError(f"No image is of the class “{name}”: choose another one.")
        return label

    def encoding(self, index: int) -> Encodings:
        """q(z|x) of one test image."""
        data = self.data()
        if index >= len(data.test):
            raise UserError(
                f"There is no image {index:,}: the test images of {data.title} are numbered "
                f"from 0 to {len(data.test) - 1:,}."
            )
        labels = None if data.test.labels is None else data.test.labels[index : index + 1]
        return self._encode(data, Split(data.test.images[index : index + 1], labels))

    def data(self) -> ImageData:
        if self._data is None:
            self._data = self._load()
        return self._data

    def _encode(self, data: ImageData, split: Split) -> Encodings:
        from vae_gui.core.vae.fits import check_fits

        checkpoint = self.workspace.checkpoint
        check_fits(checkpoint.config, data)
        return carry_out(encode(checkpoint.snapshot, split, data.class_names))

    def _numbers(self, text: str) -> Point:
        try:
            z = [float(part) for part in text.split(",")]
        except ValueError:
            raise UserError(f"“z:{text}” is no point: write numbers as in z:0.5,-1.") from None
        if len(z) != self.latent_dim or not all(abs(value) <= MAX_COORDINATE for value in z):
            raise UserError(
                f"“z:{text}” does not fit: this model takes {self.latent_dim} finite numbers "
                f"of at most {MAX_COORDINATE:,.0f}."
            )
        return np.array(z)


def is_whole(value: str) -> bool:
    """Say whether the text is a number from 0 on, and not so long that Python refuses it."""
    return value.isdecimal() and len(value) <= _MAX_DIGITS


def whole(value: str, text: str) -> int:
    """A number from 0 on; `text` is the place that it belongs to."""
    if not is_whole(value):
        raise UserError(f"“{text}” needs a whole number from 0 on: write {FORMS}.")
    return int(value)


def dimensions_from_1(text: str, latent_dim: int) -> list[int]:
    """Numbers of dimensions, written from 1 with commas between; raises UserError."""
    parts = text.split(",")
    if not all(is_whole(part.strip()) for part in parts):
        raise UserError(f"“{text}” are no dimensions: write them from 1, as in 1,2.")
    chosen = [int(part) - 1 for part in parts]
    if not all(0 <= i < latent_dim for i in chosen):
        raise UserError(f"“{text}”: this model has the dimensions 1 to {latent_dim}.")
    return chosen


def plane_from_1(text: str, latent_dim: int) -> tuple[int, int]:
    """Two different ones; raises UserError."""
    axes = dimensions_from_1(text, latent_dim)
    if len(axes) != 2 or axes[0] == axes[1]:
        raise UserError("--axes takes two different dimensions, as in 1,2.")
    return axes[0], axes[1]
