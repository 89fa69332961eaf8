"""A run as a row of a table, with its trail: its looks at the test split."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.sweeps.plan import Values
from vae_gui.core.sweeps.rows import OPEN, EvaluationRow, RunRow
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.encodings import Encodings, inactive
from vae_gui.core.vae.held_out import measured_on
from vae_gui.core.vae.history import COLUMNS

Trail = NDArray[np.float64]  # (n, 3) of step, reconstruction and KL
NO_TRAIL: Trail = np.empty((0, 3))
_TRAIL = [COLUMNS.index(name) for name in ("step", "reconstruction", "kl")]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """key: by which it is known. path: of its file. run_id: of a model that is open in the window."""

    key: str
    row: RunRow
    trail: Trail
    path: Path | None = None
    run_id: str = ""


def row_of(
    name: str,
    config: RunConfig,
    step: int,
    trail: Trail,
    encodings: Encodings | None,
    own_settings: Values = (),
) -> RunRow:
    """Summarise the weights at `step` in a row; its seconds and its probe stay open."""
    _, reconstruction, kl = trail[_row_at(trail, step)] if len(trail) else (0, math.nan, math.nan)
    deterministic = config.model.deterministic
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
        math.nan if deterministic else float(reconstruction + kl),
        float(reconstruction),
        math.nan if deterministic else float(kl),
        0 if encodings is None else int((~inactive(encodings)).sum()),
        threads=config.train.threads,
        settings=json.dumps(dict(own_settings)),
        measured_on=measured_on(config.train),
    )


def row_of_workspace(workspace: Workspace, name: str, own_settings: Values = ()) -> RunRow:
    """The same of what stands in a file; its losses are those of the very weights in it, or nan."""
    checkpoint, row = workspace.checkpoint, workspace.test_row
    measured = NO_TRAIL if row is None else row[None, _TRAIL]
    step, encodings = checkpoint.snapshot.step, workspace.encodings
    return row_of(name, checkpoint.config, step, measured, encodings, own_settings)


def trail_of(workspace: Workspace) -> Trail:
    return NO_TRAIL if workspace.history is None else as_trail(workspace.history.tests)


def as_trail(tests: NDArray[np.float64]) -> Trail:
    """tests: rows of a history; without the look before the first step, which is far from all others."""
    return tests[tests[:, 0] > 0][:, _TRAIL]


def trails_by_name(rows: Iterable[EvaluationRow]) -> dict[str, Trail]:
    """Collect the trails from the rows of a sweep's file; a run that was tried again keeps only its last."""
    found: dict[str, list[tuple[int, float, float]]] = {}
    for row in rows:
        points = found.setdefault(row.name, [])
        if points and points[-1][0] >= row.step:
            points.clear()
        points.append((row.step, row.reconstruction, row.kl))
    return {name: np.array(points, np.float64) for name, points in found.items()}


def thinned(trail: Trail, most: int) -> Trail:
    """Return evenly spaced points of a trail, its last one among them; all of it where it has no more than `most`."""
    if len(trail) <= most:
        return trail
    kept: Trail = trail[np.linspace(0, len(trail) - 1, most).astype(int)]
    return kept


def _row_at(trail: Trail, step: int) -> int:
    """Return the index of the look at the weights of `step`, or else of the last one."""
    return min(int(np.searchsorted(trail[:, 0], step)), len(trail) - 1)
