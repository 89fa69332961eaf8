"""Pictures of any size, some of them broken: what the readers of folders, IDX and NPZ share, limits and labels."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.io.idx import MAX_BYTES, MAX_ITEMS
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.json_values import writable

MIN_PICTURES = 20
# Above this the colours of a legend say nothing, and the labels are numbers of something else.
MAX_CLASSES = 1000
MAX_NAME_LENGTH = 100  # of a class; an array of labels may hold whole texts
_MAX_NUMBER_LENGTH = 10
Value = TypeVar("Value", str, int)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A picture that is left out: its name within the source and the reason, part of a sentence."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """indices: (n,) int16 into `names`."""

    indices: NDArray[np.int16]
    names: tuple[str, ...]


Picture = NDArray[np.uint8]
Reading = Generator[tuple[int, Picture | Skipped], None, None]


class Pictures(Protocol):
    """An opened source. `note` says what was not used as it is, "" for nothing."""

    @property
    def count(self) -> int: ...

    @property
    def labels(self) -> Labels | None: ...

    @property
    def note(self) -> str: ...

    def read(self, wanted: Sequence[int], side: int, /) -> Reading:
        """The pictures of rising numbers `wanted`, each (h, w) uint8 grey, or why it is skipped.

        side: what they will be reduced to; a source may leave out what is finer by far.
        """


def check_count(count: int, name: str) -> None:
    """Raise UserError where there are too few or too many pictures to train on."""
    if count < MIN_PICTURES:
        raise UserError(
            f"“{name}” holds {count} images that can be used, but {MIN_PICTURES} are the fewest: choose another source."
        )
    check_most(count, name)


def check_most(count: int, name: str) -> None:
    """Raise UserError where there are too many pictures; also called while they are still counted."""
    if count > MAX_ITEMS:
        raise UserError(
            f"“{name}” holds more than {MAX_ITEMS:,} images: choose a part of them, for example a subfolder."
        )


def check_bytes(pixels: int, name: str) -> None:
    """Raise UserError where the pictures take too much memory as uint8."""
    if pixels > MAX_BYTES:
        raise UserError(
            f"“{name}” takes {pixels / 10**6:,.0f} MB in memory and {MAX_BYTES // 10**6:,} MB are the most: "
            "choose fewer or smaller images."
        )


def labels_from(values: Sequence[Value]) -> Labels | None:
    """A class for each different value, in order; None where there is one class, or far too many."""
    distinct = sorted(set(values), key=_natural)
    if not 1 < len(distinct) <= MAX_CLASSES:
        return None
    number = {value: index for index, value in enumerate(distinct)}
    indices = np.array([number[value] for value in values], np.int16)
    return Labels(indices, tuple(writable(str(value)[:MAX_NAME_LENGTH]) for value in distinct))


def _natural(value: str | int) -> tuple[bool, int, str]:
    """Numbers by size and before words: 2 comes before 10 also where they name folders."""
    text = str(value)
    is_number = isinstance(value, int) or (text.isdecimal() and len(text) < _MAX_NUMBER_LENGTH)
    return not is_number, int(value) if is_number else 0, text
