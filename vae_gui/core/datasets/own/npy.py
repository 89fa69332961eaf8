"""The header of an NPY array, read without NumPy's own parser: it comes from a file that nobody can vouch for."""

import math
import re
from dataclasses import dataclass
from typing import IO

import numpy as np

_MAGIC = b"\x93NUMPY"
_MAX_HEADER = 10_000
_TYPE = re.compile(r"'descr': *'([<>|=]?[biufUS][0-9]{1,4})'")
_ORDER = re.compile(r"'fortran_order': *(True|False)")
_SHAPE = re.compile(r"'shape': *\(([0-9, ]{0,200})\)")


class NpyError(Exception):
    """An error that says what is wrong with the array, as part of a sentence."""


@dataclass(frozen=True, slots=True)
class NpyHeader:
    """The header of an array, as the file states it. length: bytes of the header itself."""

    dtype: "np.dtype[np.generic]"
    is_fortran: bool
    shape: tuple[int, ...]
    length: int

    @property
    def data_bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(file: IO[bytes]) -> NpyHeader:
    """Read up to where the data begins; raises NpyError unless they are plain numbers or short strings."""
    start = file.read(8)
    if start[:6] != _MAGIC or len(start) < 8:
        raise NpyError("it is no NumPy array")
    width = 2 if start[6] == 1 else 4
    length = int.from_bytes(file.read(width), "little")
    if not 0 < length <= _MAX_HEADER:
        raise NpyError("its header is damaged")
    text = file.read(length).decode("latin-1")
    kind, order, shape = _TYPE.search(text), _ORDER.search(text), _SHAPE.search(text)
    if len(text) < length or order is None or shape is None:
        raise NpyError("its header is damaged")
    if kind is None:
        raise NpyError("it does not hold plain numbers")
    try:
        dtype = np.dtype(kind[1])
        sizes = tuple(int(size) for size in shape[1].replace(" ", "").split(",") if size)
    except (TypeError, ValueError) as error:
        raise NpyError("its header is damaged") from error
    return NpyHeader(dtype, order[1] == "True", sizes, 8 + width + length)
