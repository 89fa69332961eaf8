"""The steps of a run in which z comes from the exact posterior, and its curve, which breaks at their ends."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from vae_gui.core.datasets import DATASETS
from vae_gui.core.vae import schedule
from vae_gui.core.vae.config import RunConfig
from vae_gui.runtime.context import Context
from vae_gui.ui.style.theme import current_theme

FAINT = 28  # of 255
EM_WORDS = "exact EM: batches bound −log p(x)"


def em_steps_of(context: Context, config: RunConfig) -> range:
    """Empty where there are none, or where nobody knows how many images the run learns from."""
    if not config.train.em_until:
        return range(0)
    data = context.datasets.get(config.dataset)
    if data is not None:
        return schedule.phases(config.train, len(data.train)).em
    known = DATASETS.get(config.dataset)
    return schedule.phases(config.train, known.train_images).em if known else range(0)


def band_color() -> QColor:
    """Return the colour of the band over these steps."""
    color = QColor(current_theme().accent)
    color.setAlpha(FAINT)
    return color


def broken(rows: NDArray[np.float64], em: range) -> NDArray[np.float64]:
    """Return rows (n, columns) of the batches, or means of them, with one that is no number at each end of exact EM.

    A mean of both sides is left out, for it is of neither.
    """
    if not em or len(rows) < 2:
        return rows
    ends = np.array([em.start, em.stop]) + 0.5  # the row of the first step says 1
    width = rows[1, 0] - rows[0, 0]
    whole = rows[(np.abs(rows[:, :1] - ends) >= width / 2).all(axis=1)]
    ends = ends[(ends > rows[0, 0]) & (ends < rows[-1, 0])]
    gaps = np.full((len(ends), rows.shape[1]), np.nan)
    gaps[:, 0] = ends
    return np.insert(whole, np.searchsorted(whole[:, 0], ends), gaps, axis=0)
