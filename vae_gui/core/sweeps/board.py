"""The rate–distortion plane (Alemi et al. 2018): KL is the rate, reconstruction the distortion, in nats per image."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.sweeps.summary import Run, Trail, thinned
from vae_gui.core.vae.likelihoods import LIKELIHOODS

MAX_POINTS = 50_000  # of all trails together
MAX_LINES = 7  # of equal −ELBO
_ROUND = np.array([1.0, 2.0, 5.0, 10.0])


def comparable(runs: Sequence[Run]) -> tuple[list[Run], int]:
    """Runs whose numbers stand on one scale, the commonest; how many are left out.

    Densities of the same pixels compare with each other, whichever they are (`LikelihoodEntry.scale`). An autoencoder,
    which has no KL, is left out.
    """
    known = [run for run in runs if np.isfinite(run.row.kl) and np.isfinite(run.row.reconstruction)]
    scales = Counter(_scale(run) for run in known)
    if not scales:
        return [], len(runs)
    scale = scales.most_common(1)[0][0]
    kept = [run for run in known if _scale(run) == scale]
    return kept, len(runs) - len(kept)


def _scale(run: Run) -> tuple[str, str, str]:
    likelihood = LIKELIHOODS.get(run.row.likelihood)
    kind = run.row.likelihood if likelihood is None else likelihood.scale
    return kind, run.row.dataset, run.row.measured_on


def ends(runs: Sequence[Run]) -> NDArray[np.float64]:
    """KL and reconstruction of each, (n, 2)."""
    return np.array([(run.row.kl, run.row.reconstruction) for run in runs]).reshape(-1, 2)


def frontier(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the points (m, 2) of (n, 2) that no other beats in both values, by rising KL."""
    ordered = points[np.lexsort((points[:, 1], points[:, 0]))]
    lowest = np.minimum.accumulate(ordered[:, 1])
    before = np.concatenate(([np.inf], lowest[:-1]))
    return ordered[ordered[:, 1] < before]


def drawn_trails(runs: Sequence[Run]) -> list[Trail]:
    """Return the trail of each run, thinned where all together are more than can be drawn at once."""
    most = max(2, MAX_POINTS // max(1, len(runs)))
    return [thinned(run.trail, most) for run in runs]


def trails(runs: Sequence[Run]) -> NDArray[np.float64]:
    """All trails one behind the other, (n, 2) of KL and reconstruction, each followed by a row of nan."""
    gap = np.full((1, 2), np.nan)
    parts = [part for trail in drawn_trails(runs) for part in (trail[:, [2, 1]], gap)]
    return np.concatenate(parts) if parts else np.empty((0, 2))


def curves(runs: Sequence[Run]) -> NDArray[np.float64]:
    """All trails one behind the other, (n, 2) of step and −ELBO, each followed by a row of nan."""
    gap = np.full((1, 2), np.nan)
    parts = [
        part
        for trail in drawn_trails(runs)
        for part in (np.column_stack((trail[:, 0], trail[:, 1:].sum(axis=1))), gap)
    ]
    return np.concatenate(parts) if parts else np.empty((0, 2))


def round_values(low: float, high: float) -> NDArray[np.float64]:
    """Round numbers between two, evenly spaced, MAX_LINES at most whatever the span."""
    least = (high - low) / MAX_LINES
    if not (np.isfinite(least) and least > 0):
        return np.empty(0)
    steps = _ROUND * 10.0 ** np.floor(np.log10(least))
    step = steps[min(int(np.searchsorted(steps, least)), len(steps) - 1)]
    values: NDArray[np.float64] = (np.ceil(low / step) + np.arange(MAX_LINES)) * step
    return values[values <= high]
