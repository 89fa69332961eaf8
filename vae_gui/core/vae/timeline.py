"""The moments of a run: snapshots at fixed steps, thinned so that a run of any length fits a budget.

Which steps are kept is a function of the step and the capacity alone, so that a repeated run keeps the same:
0, the powers of two below the spacing, and the multiples of the spacing, which doubles as the run grows.
"""

from dataclasses import dataclass, replace

import numpy as np

from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.snapshot import Arrays, Snapshot, half

BUDGET_BYTES = 256 * 2**20
FEWEST = 16  # moments that are kept however small the budget
FIRST_SPACING = 8


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A snapshot and the encodings, under its weights, of a fixed sample of test images."""

    snapshot: Snapshot
    encodings: Encodings

    @property
    def step(self) -> int:
        return self.snapshot.step


def spacing(step: int, capacity: int) -> int:
    """Steps between even moments of a run of `step` steps: the least power of two that fits."""
    steps = FIRST_SPACING
    while 1 + steps.bit_length() - 1 + step // steps > capacity:
        steps *= 2
    return steps


def is_kept(step: int, every: int) -> bool:
    """Whether a moment at `step` belongs to the timeline when the spacing is `every`."""
    return step % every == 0 or (step < every and step & (step - 1) == 0)


def capacity(snapshot: Snapshot, budget_bytes: int = BUDGET_BYTES) -> int:
    """How many moments of such a model fit the budget."""
    return max(FEWEST, budget_bytes // _bytes(half(snapshot).weights))


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Moments in the order of their steps; the first and the last are exact, the others float16."""

    capacity: int = FEWEST
    moments: tuple[Moment, ...] = ()

    def __len__(self) -> int:
        return len(self.moments)

    def added(self, moment: Moment) -> "Timeline":
        """With a newer moment, and without those that no longer fit. An equal step is replaced."""
        earlier = [other for other in self.moments if other.step < moment.step]
        every = spacing(moment.step, self.capacity)
        kept = [_rounded(other) for other in earlier if is_kept(other.step, every)]
        return replace(self, moments=(*kept, moment))

    def until(self, step: int, run_id: str) -> "Timeline":
        """The moments up to a step, as those of another run, which goes on from there."""
        moments = tuple(
            replace(moment, snapshot=replace(moment.snapshot, run_id=run_id))
            for moment in self.moments
            if moment.step <= step
        )
        return replace(self, moments=moments)

    def nearest(self, step: int) -> int:
        """Index of the moment nearest to a step."""
        steps = np.array([moment.step for moment in self.moments])
        return int(np.abs(steps - step).argmin())

    @property
    def bytes(self) -> int:
        """Memory that the weights take."""
        return sum(_bytes(moment.snapshot.weights) for moment in self.moments)


def _rounded(moment: Moment) -> Moment:
    """Float16, unless it is the first or has been rounded before."""
    exact = any(array.dtype == np.float32 for array in moment.snapshot.weights.values())
    return replace(moment, snapshot=half(moment.snapshot)) if exact and moment.step else moment


def _bytes(weights: Arrays) -> int:
    return sum(array.nbytes for array in weights.values())
