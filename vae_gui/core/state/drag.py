"""A drag with the mouse: its identity, by which its moves are undone together, and its course in time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support.types import Z


class DragId:
    """One drag: a new one for each press of the button, equal to itself alone, whichever widget made it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Drag:
    """seconds: when the cursor was at each of `points`, from 0 on."""

    seconds: tuple[float, ...]
    points: tuple[Z, ...]

    def frames(self, count: int) -> NDArray[np.float64]:
        """Return the cursor at evenly spaced times, (count, latent_dim), so that it moves as fast as the hand did."""
        at = np.linspace(0.0, self.seconds[-1], count)
        columns = np.array(self.points, np.float64).T
        return np.stack([np.interp(at, self.seconds, column) for column in columns], axis=1)
