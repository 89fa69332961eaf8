"""Values of a workspace file as they are read: of the right kind, or one of `verified_container.BROKEN` is raised."""

from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.storage.verified_container import Arrays
from vae_gui.core.support.json_values import require

Scalar = TypeVar("Scalar", bound=np.generic)


def group(name: str, tensors: Arrays) -> dict[str, NDArray[np.generic]]:
    """The tensors `name/…`, without the start of their names."""
    start = f"{name}/"
    return {
        key.removeprefix(start): array for key, array in tensors.items() if key.startswith(start)
    }


def array_of(array: NDArray[np.generic], dtype: type[Scalar], dimensions: int) -> NDArray[Scalar]:
    if array.dtype != dtype or array.ndim != dimensions:
        raise ValueError("a table is of the wrong kind")
    return array.astype(dtype, copy=False)


def parts(array: NDArray[Scalar], lengths: list[int]) -> list[NDArray[Scalar]]:
    """Consecutive parts of these lengths, which together are the whole array."""
    require(sum(lengths) == len(array), "a table has another length than its parts")
    ends = np.cumsum([0, *lengths]).tolist()
    return [array[begin:end] for begin, end in pairwise(ends)]
