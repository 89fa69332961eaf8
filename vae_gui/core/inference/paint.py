"""Painting on the decoded digit: the nearest z whose image agrees with what was painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_gui.core.inference.requests import Answering, Frozen
from vae_gui.core.support.lbfgs import Floats, minimise
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.encodings import FloatArray

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine

LIGHT, DARK = 1, -1  # of the marks; 0 is unpainted
SIGMA_PIXEL = 0.25  # of a painted pixel about its value, in 0..1
SIGMA_Z = 1.0  # of z about where the stroke began, in latent units
_PER_ERROR = 0.5 / SIGMA_PIXEL**2
_ROUNDS = 3  # of L-BFGS for each answer: the next one goes on from there
_TRIED = 24  # places about the start, one of which may be nearer to what is painted
_TRIED_WITHIN = 1.5  # latent units, their σ
_WORTH = 2.0  # nats by which such a place has to be better


@dataclass(frozen=True, slots=True)
class FollowPaint:
    """marks: (side, side) int8 of LIGHT, DARK and 0. start, now: (latent_dim,) float32, where the stroke began and
    where z is now. The answer, (latent_dim,) float32, minimises the squared error of the painted pixels and the
    distance to `start`, in units of their σ.

    Where a pixel is far from all ink its gradient vanishes, so a few places about the start are tried too.
    """

    marks: Frozen
    start: Frozen
    now: Frozen

    @property
    def cost(self) -> int:
        return _TRIED + 4 * _ROUNDS

    def answer(self, engine: Engine) -> Answering[FloatArray]:
        yield from ()
        marks = np.asarray(self.marks.array, np.int8)
        painted, start = marks != 0, np.asarray(self.start.array, np.float64)
        wanted = (marks[painted] == LIGHT).astype(np.float32)

        def energy(z: Floats) -> tuple[Floats, Floats]:
            """(n, latent_dim) -> nats and their gradients."""
            error, slope = engine.squared_error(z.astype(np.float32), painted, wanted)
            return _nats(error, z - start), _PER_ERROR * slope + (z - start) / SIGMA_Z**2

        now = np.asarray(self.now.array, np.float64)[None]
        offsets = np.random.default_rng(0).normal(0, _TRIED_WITHIN, (_TRIED, len(start)))
        tried = np.concatenate((now, start + offsets))
        images = engine.mean_images(tried.astype(np.float32))[:, painted]  # (n, pixels)
        nats = _nats(np.square(images - wanted).sum(axis=1, dtype=np.float64), tried - start)
        nats[1:] += _WORTH
        best = int(np.nan_to_num(nats, nan=np.inf).argmin())
        found = finish(minimise(energy, tried[[best]], _ROUNDS))
        z: FloatArray = found.points[0].astype(np.float32)
        return z


def _nats(error: Floats, away: Floats) -> Floats:
    """Of the sum of squared errors (n,) and the way from the start (n, latent_dim)."""
    nats: Floats = _PER_ERROR * error + 0.5 * np.square(away).sum(axis=1) / SIGMA_Z**2
    return nats
