"""The curves in a workspace file, and which of the looks at the test images are of the encoder's q(z|x)."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets import DATASETS
from vae_gui.core.storage.verified_container import Arrays
from vae_gui.core.storage.workspace_values import array_of, group
from vae_gui.core.support.json_values import require
from vae_gui.core.vae import schedule
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.history import COLUMNS, HistoryRows

STEPS, TESTS, EXACT = "steps", "tests", "exact"
_STEP, _LOSS = COLUMNS.index("step"), COLUMNS.index("loss")


def history_arrays(history: HistoryRows | None) -> Mapping[str, NDArray[np.generic] | None]:
    """The tables by the names that they have in the file."""
    if history is None:
        return {}
    return {STEPS: history.steps, TESTS: history.tests, EXACT: history.exact}


def unpack_history(config: RunConfig, tensors: Arrays) -> HistoryRows:
    """The inverse of `history_arrays`; files of before there was `exact` had its rows among the others."""
    arrays = group("history", tensors)
    steps, tests = (array_of(arrays[name], np.float64, 2) for name in (STEPS, TESTS))
    require(all(rows.shape[1] == len(COLUMNS) for rows in (steps, tests)), "not rows of four")
    if EXACT in arrays:
        return HistoryRows(steps, tests, exact=array_of(arrays[EXACT], np.float64, 2))
    return _parted(config, steps, tests)


def _parted(
    config: RunConfig, steps: NDArray[np.float64], tests: NDArray[np.float64]
) -> HistoryRows:
    """Rows after a step of exact EM are of p(z|x); the encoder's own losses were not measured there."""
    first = tests[tests[:, _STEP] > 0, _STEP]
    if not config.train.em_until or not len(first):
        return HistoryRows(steps, tests)
    known = DATASETS.get(config.dataset)
    # Of own images the file does not say how many they were: the first look came after one epoch.
    images = round(first[0]) * config.train.batch_size if known is None else known.train_images
    em = schedule.phases(config.train, images).em
    of_posterior = (tests[:, _STEP] > em.start) & (tests[:, _STEP] <= em.stop)
    own = tests.copy()
    own[of_posterior, _LOSS:] = np.nan
    return HistoryRows(steps, own, exact=tests[of_posterior])
