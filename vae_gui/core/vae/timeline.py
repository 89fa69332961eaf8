"""The timeline of a run: entries at fixed steps, thinned so that a run of any length fits a budget.

Which steps are kept is a function of the step and the capacity alone, so that a repeated run keeps the same:
0, the powers of two below the spacing, and the multiples of the spacing, which doubles as the run grows.
Of the powers of two only the last ones stay, half the capacity at most, so that even moments always fit too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.snapshot import Arrays, Snapshot, decoder_only, half

BUDGET_BYTES = 256 * 2**20
MIN_CAPACITY = 16  # moments that are kept however small the budget
FIRST_SPACING = 8
ENTRY_IMAGES = 500  # of the test split, whose encodings each moment keeps


@dataclass(frozen=True, slots=True, eq=False)
class TimelineEntry:
    """A snapshot and the encodings, under its weights, of a fixed sample of test images."""

    snapshot: Snapshot
    encodings: Encodings

    @property
    def step(self) -> int:
        return self.snapshot.step

    @property
    def decoder(self) -> "TimelineEntry":
        """The moment with its decoder alone, in half precision."""
        return replace(self, snapshot=half(decoder_only(self.snapshot)))


def spacing(step: int, capacity: int) -> int:
    """Steps between even moments of a run of `step` steps: the least power of two that fits."""
    assert capacity > 0  # there is room for step 0
    steps = FIRST_SPACING
    while 1 + min(steps.bit_length() - 1, capacity // 2) + step // steps > capacity:
        steps *= 2
    return steps


def is_kept(step: int, every: int, capacity: int) -> bool:
    """Say whether a moment at `step` belongs to the timeline when the spacing is `every`."""
    first_power = every >> (capacity // 2)
    return step % every == 0 or (first_power <= step < every and step & (step - 1) == 0)


def is_wanted(step: int, capacity: int) -> bool:
    """Say whether a moment at this step, the newest so far, belongs to a timeline that has begun."""
    return is_kept(step, spacing(step, capacity), capacity)


def capacity_within(begun: int, room: int) -> int:
    """Return the capacity of a timeline for which there is `room`.

    One that has begun (begun > 0) keeps its own, where that fits.
    """
    return min(begun, room) if begun else room


def capacity(snapshot: Snapshot, budget_bytes: int = BUDGET_BYTES) -> int:
    """Return how many moments of such a model fit the budget."""
    return max(MIN_CAPACITY, budget_bytes // _bytes(half(snapshot).weights))


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Moments in the order of their steps; the first and the last are exact, the others float16."""

    capacity: int = MIN_CAPACITY
    entries: tuple[TimelineEntry, ...] = ()

    def __len__(self) -> int:
        return len(self.entries)

    def within(self, capacity: int) -> "Timeline":
        """Return a timeline with room for so many moments and no more; an empty one takes all of it."""
        return replace(self, capacity=capacity_within(self.capacity_begun, capacity))

    @property
    def capacity_begun(self) -> int:
        """Return its capacity; 0 while it is empty."""
        return self.capacity if self.entries else 0

    def wants(self, step: int) -> bool:
        """Say whether a moment at this step, the newest so far, belongs to it."""
        return not self.entries or is_wanted(step, self.capacity)

    def added(self, timeline_entry: TimelineEntry) -> "Timeline":
        """Return a timeline with a newer moment and without those that no longer fit. An equal step is replaced."""
        earlier = [other for other in self.entries if other.step < timeline_entry.step]
        every = spacing(timeline_entry.step, self.capacity)
        kept = [_rounded(other) for other in earlier if is_kept(other.step, every, self.capacity)]
        return replace(self, entries=(*kept, timeline_entry))

    def thinned(self, capacity: int) -> "Timeline":
        """Return a timeline with room for fewer moments from now on; the first and the last stay."""
        every = spacing(self.entries[-1].step, capacity) if self.entries else 1
        ends = (*self.entries[:1], *self.entries[-1:])
        kept = [
            other for other in self.entries if other in ends or is_kept(other.step, every, capacity)
        ]
        return Timeline(capacity, tuple(kept))

    def until(self, step: int, run_id: str) -> "Timeline":
        """The moments up to a step, as those of another run, which goes on from there."""
        entries = tuple(
            replace(timeline_entry, snapshot=replace(timeline_entry.snapshot, run_id=run_id))
            for timeline_entry in self.entries
            if timeline_entry.step <= step
        )
        return replace(self, entries=entries)

    def nearest(self, step: int) -> int:
        """Return the index of the moment nearest to a step."""
        steps = np.array([timeline_entry.step for timeline_entry in self.entries])
        return int(np.abs(steps - step).argmin())

    @property
    def bytes(self) -> int:
        """Memory that the weights take."""
        return sum(_bytes(timeline_entry.snapshot.weights) for timeline_entry in self.entries)


def within_budget(timelines: Sequence[Timeline], budget_bytes: int) -> list[Timeline]:
    """The same, thinned until all together fit the budget, the largest first; each keeps MIN_CAPACITY moments."""
    fitted = list(timelines)
    while sum(timeline.bytes for timeline in fitted) > budget_bytes:
        long = [index for index, timeline in enumerate(fitted) if len(timeline) > MIN_CAPACITY]
        if not long:
            break
        largest = max(long, key=lambda index: fitted[index].bytes)
        fitted[largest] = fitted[largest].thinned(max(MIN_CAPACITY, len(fitted[largest]) // 2))
    return fitted


def _rounded(timeline_entry: TimelineEntry) -> TimelineEntry:
    """Float16, unless it is the first or has been rounded before."""
    exact = any(array.dtype == np.float32 for array in timeline_entry.snapshot.weights.values())
    return (
        replace(timeline_entry, snapshot=half(timeline_entry.snapshot))
        if exact and timeline_entry.step
        else timeline_entry
    )


def _bytes(weights: Arrays) -> int:
    return sum(array.nbytes for array in weights.values())
