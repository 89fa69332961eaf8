"""Painting on the decoded digit: the nearest z whose image agrees with what was painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.inference.requests import Answering, Frozen
from vae_gui.core.inference.survey import NEIGHBOURS, Survey, SurveyPlane, towards_minimum
from vae_gui.core.support.lbfgs import Floats, minimise
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.encodings import Encodings, FloatArray, Range, code_range

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine

LIGHT, DARK = 1, -1  # of the marks; 0 is unpainted
SIGMA_PIXEL = 0.25  # of a painted pixel about its value, in 0..1
SIGMA_Z = 1.0  # of z about where the stroke began, in latent units
_PER_ERROR = 0.5 / SIGMA_PIXEL**2
_FEW = 3  # dimensions in which differences take half as long as a backward pass
_DIFFERENCE = 3e-3  # latent units
_ROUNDS, _TRIALS = 3, 3  # of L-BFGS for each answer: the next one goes on from there
_TRIED = 24  # places about the start, one of which may be nearer to what is painted
_TRIED_WITHIN = 1.5  # latent units, their σ
_WORTH = 2.0  # nats by which such a place has to be better
_VALLEYS, _DEEPEST = (
    12,
    4,
)  # of the survey: those that are tried, and those whose floor is looked for
_FINER = 0.25  # of the survey's spacing: that of the nine about a valley
_WORTH_SURVEYED = 0.1  # nats by which a valley has to be better: z does not leap between equals
_PRIOR_REACH = 4.5  # latent units


@dataclass(frozen=True, slots=True)
class FollowPaint:
    """marks: (side, side) int8 of LIGHT, DARK and 0. start, now: (latent_dim,) float32, where the stroke began and
    where z is now. The answer, (latent_dim,) float32, minimises the squared error of the painted pixels and the
    distance to `start`, in units of their σ.

    Where a pixel is far from all ink its gradient vanishes, so other places are tried too: the valleys of `survey`,
    which a model of two dimensions can have (of weights that may be older by now), else a few about the start.
    """

    marks: Frozen
    start: Frozen
    now: Frozen
    survey: Survey | None = None

    @property
    def cost(self) -> int:
        tried = _TRIED if self.survey is None else _VALLEYS + (len(NEIGHBOURS) + 1) * _DEEPEST
        return tried + 4 * _ROUNDS

    def answer(self, engine: Engine) -> Answering[FloatArray]:
        yield from ()
        marks, start = np.asarray(self.marks.array, np.int8), np.asarray(self.start.array)
        wanted = (marks[marks != 0] == LIGHT).astype(np.float32)
        energy = _Energy(engine, marks != 0, wanted, start.astype(np.float64))
        now = np.asarray(self.now.array, np.float64)[None]
        if self.survey is None:
            tried, worth = _about(energy), _WORTH
        else:
            tried, worth = _floors(energy, self.survey), _WORTH_SURVEYED
        places = np.concatenate((now, tried))
        nats = energy.values(places)
        nats[1:] += worth
        best = int(np.nan_to_num(nats, nan=np.inf).argmin())
        found = finish(minimise(energy, places[[best]], _ROUNDS, _TRIALS))
        z: FloatArray = found.points[0].astype(np.float32)
        return z


def survey_for_paint(encodings: Encodings | None) -> SurveyPlane:
    """Return the survey of all encodings, and of where the prior reaches."""
    x, y = (_reach(code_range(encodings, axis)) for axis in (0, 1))
    return SurveyPlane(x, y)


def _reach(codes: Range) -> Range:
    return min(codes[0], -_PRIOR_REACH), max(codes[1], _PRIOR_REACH)


def _about(energy: _Energy) -> Floats:
    """Return places about the start."""
    offsets = np.random.default_rng(0).normal(0, _TRIED_WITHIN, (_TRIED, len(energy.start)))
    return energy.start + offsets


def _floors(energy: _Energy, survey: Survey) -> Floats:
    """Return where the deepest valleys of the survey are lowest, by a parabola through nine images about each."""
    errors = survey.squared_errors(energy.painted, energy.wanted)
    valleys = survey.valleys(energy.nats(errors, survey.points()), _VALLEYS)
    order = np.argsort(energy.values(valleys), kind="stable")[:_DEEPEST]
    spacing = _FINER * survey.spacing
    nine = valleys[order, None] + NEIGHBOURS * spacing  # (valleys, 9, 2)
    nats = energy.values(nine.reshape(-1, 2)).reshape(-1, len(NEIGHBOURS))
    lowest = nine[np.arange(len(nine)), nats.argmin(axis=1)]
    return np.concatenate((lowest, valleys[order] + spacing * towards_minimum(nats)))


@dataclass(frozen=True, slots=True, eq=False)
class _Energy:
    """The energy that is minimised, in nats.

    painted: (side, side). wanted: (pixels,), the values of the painted pixels in 0..1. start: (latent_dim,).
    """

    engine: Engine
    painted: NDArray[np.bool_]
    wanted: FloatArray
    start: Floats

    def values(self, z: Floats) -> Floats:
        """(n, latent_dim) -> (n,)."""
        means = self.engine.mean_images(z.astype(np.float32))[:, self.painted]  # (n, pixels)
        errors = np.square(means - self.wanted).sum(axis=1, dtype=np.float64)
        return self.nats(errors, z)

    def __call__(self, z: Floats) -> tuple[Floats, Floats]:
        """(n, latent_dim) -> values (n,) and gradients (n, latent_dim)."""
        if z.shape[1] <= _FEW:
            return self._by_differences(z)
        errors, slopes = self.engine.squared_error(z.astype(np.float32), self.painted, self.wanted)
        return self.nats(errors, z), _PER_ERROR * slopes + (z - self.start) / SIGMA_Z**2

    def nats(self, errors: Floats, z: Floats) -> Floats:
        away: Floats = np.square(z - self.start).sum(axis=1)
        nats: Floats = _PER_ERROR * errors + 0.5 * away / SIGMA_Z**2
        return nats

    def _by_differences(self, z: Floats) -> tuple[Floats, Floats]:
        """The same, all from one pass through the decoder."""
        dims = z.shape[1]
        steps = _DIFFERENCE * np.concatenate((np.zeros((1, dims)), np.eye(dims), -np.eye(dims)))
        values = self.values((z[:, None] + steps).reshape(-1, dims)).reshape(len(z), -1)
        slopes: Floats = (values[:, 1 : dims + 1] - values[:, dims + 1 :]) / (2 * _DIFFERENCE)
        return values[:, 0], slopes
