"""A workspace as a row of a table of runs, and its looks at the test split as a trail."""

import json
import math

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.sweeps.plan import Values
from vae_gui.core.sweeps.rows import OPEN, EvaluationRow, RunRow
from vae_gui.core.vae.encodings import inactive
from vae_gui.core.vae.history import COLUMNS

RECONSTRUCTION, KL = COLUMNS.index("reconstruction"), COLUMNS.index("kl")


def row_of(workspace: Workspace, name: str, own_settings: Values = ()) -> RunRow:
    """What its file knows; seconds and probe are not in it."""
    checkpoint = workspace.checkpoint
    config, step = checkpoint.config, checkpoint.snapshot.step
    tests = _tests(workspace)
    reconstruction, kl = _losses_at(tests, step)
    deterministic = config.model.deterministic
    encodings = workspace.encodings
    return RunRow(
        name,
        OPEN,
        config.preset,
        config.dataset,
        config.model.architecture,
        config.model.latent_dim,
        config.model.likelihood,
        config.train.beta,
        config.train.seed,
        step,
        math.nan if deterministic else reconstruction + kl,
        reconstruction,
        math.nan if deterministic else kl,
        0 if encodings is None else int((~inactive(encodings)).sum()),
        threads=config.train.threads,
        settings=json.dumps(dict(own_settings)),
    )


def evaluations_of(workspace: Workspace, name: str) -> tuple[EvaluationRow, ...]:
    """Without the one before the first step, which is far from all others."""
    return tuple(
        EvaluationRow(name, int(row[0]), float(row[RECONSTRUCTION]), float(row[KL]))
        for row in _tests(workspace)
        if row[0] > 0
    )


def _tests(workspace: Workspace) -> NDArray[np.float64]:
    return np.empty((0, len(COLUMNS))) if workspace.history is None else workspace.history.tests


def _losses_at(tests: NDArray[np.float64], step: int) -> tuple[float, float]:
    """Of the weights at `step`, or else of the last look."""
    if not len(tests):
        return math.nan, math.nan
    row = tests[min(int(np.searchsorted(tests[:, 0], step)), len(tests) - 1)]
    return float(row[RECONSTRUCTION]), float(row[KL])
