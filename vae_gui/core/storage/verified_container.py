"""A safetensors file that carries one JSON document and a SHA-256 digest over it and every tensor.

Reading trusts nothing: each size is checked against the file, and the digest is verified piece by piece,
before memory is taken for a tensor.
"""

import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.json_values import count, fields, items

Arrays = Mapping[str, NDArray[np.generic]]

# What reading a damaged or hostile file may raise, beside UserError.
BROKEN = (
    ValueError,
    TypeError,
    KeyError,
    AssertionError,
    OverflowError,
    RecursionError,
    MemoryError,
)
MAX_FILE_BYTES = 2**30
_MAX_HEADER_BYTES = 4 * 2**20
# A list takes up to 90 bytes of memory for 2 bytes of JSON.
_MAX_CONTAINERS = 200_000
_MAX_DIMENSIONS = 8
_PIECE = 2**20
_FORMAT, _VERSION = "vae-explorer", 1
_DTYPES = {
    name: np.dtype(code)
    for name, code in {
        "F64": "<f8",
        "F32": "<f4",
        "F16": "<f2",
        "I64": "<i8",
        "I32": "<i4",
        "I16": "<i2",
        "I8": "|i1",
        "U8": "|u1",
    }.items()
}


@dataclass(frozen=True, slots=True)
class _TensorEntry:
    """The place of a tensor: offsets in bytes from the end of the header."""

    name: str
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    begin: int
    end: int


def pack(document: object, tensors: Arrays) -> bytes:
    """The bytes of a file; raises ValueError for what `unpack` would refuse."""
    arrays = {name: np.asarray(array, order="C") for name, array in tensors.items()}
    for name, array in arrays.items():
        if array.dtype not in _DTYPES.values() or array.ndim > _MAX_DIMENSIONS:
            raise ValueError(f"{name} cannot be stored")
    text = json.dumps(document, allow_nan=False, separators=(",", ":"))
    metadata = {
        "format": _FORMAT,
        "version": str(_VERSION),
        "document": text,
        "sha256": _digest(text, arrays),
    }
    content: bytes = save(arrays, metadata)
    header = content[8 : 8 + int.from_bytes(content[:8], "little")]
    if (
        len(content) > MAX_FILE_BYTES
        or len(header) > _MAX_HEADER_BYTES
        or _is_crowded(header.decode())
    ):
        raise ValueError("it is too large")
    return content


def unpack(file: BinaryIO) -> tuple[object, dict[str, NDArray[np.generic]]]:
    """The document and the tensors (read-only, each with its own memory).

    Raises UserError for a file of a newer version, and any of `BROKEN` for a damaged or foreign one.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    length = int.from_bytes(_exactly(file, 8), "little")
    if length > min(_MAX_HEADER_BYTES, size - 8):
        raise ValueError("the header is too long")
    header = fields(parse(_exactly(file, length).decode()))
    metadata = fields(header.pop("__metadata__"))
    _check_version(metadata)
    text = metadata["document"]
    if not isinstance(text, str):
        raise TypeError("the document is not a text")
    places = _tensor_entries(header, size - 8 - length)
    if _digest_of_file(text, places, file, 8 + length) != metadata["sha256"]:
        raise ValueError("the digest is wrong")
    document = parse(text)
    file.seek(8 + length)
    return document, {place.name: _tensor(file, place) for place in places}


def parse(text: str) -> object:
    """JSON of bounded memory; raises ValueError, or RecursionError where it nests too deeply."""
    if _is_crowded(text):
        raise ValueError("there are too many values")
    value: object = json.loads(text, parse_constant=_refuse_constant)
    return value


def _is_crowded(text: str) -> bool:
    return text.count("[") + text.count("{") > _MAX_CONTAINERS


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _check_version(metadata: dict[str, object]) -> None:
    if metadata["format"] != _FORMAT:
        raise ValueError("made by another program")
    version = int(str(metadata["version"]))
    if version > _VERSION:
        raise UserError("This file was made by a newer version of VAE explorer: update to open it.")
    if version != _VERSION:
        raise ValueError("there is no such version")


def _tensor_entries(header: dict[str, object], data_bytes: int) -> list[_TensorEntry]:
    """The tensors in the order of the file; together they fill the data without hole or overlap."""
    places = sorted(
        (_tensor_entry(name, fields(entry)) for name, entry in header.items()),
        key=lambda place: (place.begin, place.end),
    )
    position = 0
    for place in places:
        if place.begin != position:
            raise ValueError("tensors overlap or leave a hole")
        position = place.end
    if position != data_bytes:
        raise ValueError("the file is too short or too long")
    return places


def _tensor_entry(name: str, entry: dict[str, object]) -> _TensorEntry:
    dtype = _DTYPES[str(entry["dtype"])]
    shape = tuple(count(length) for length in items(entry["shape"]))
    begin, end = (count(offset) for offset in items(entry["data_offsets"]))
    if len(shape) > _MAX_DIMENSIONS or end - begin != math.prod(shape) * dtype.itemsize:
        raise ValueError("the shape does not fit the data")
    return _TensorEntry(name, dtype, shape, begin, end)


def _tensor(file: BinaryIO, place: _TensorEntry) -> NDArray[np.generic]:
    array = np.frombuffer(_exactly(file, place.end - place.begin), np.uint8)
    return array.view(place.dtype).reshape(place.shape)


def _exactly(file: BinaryIO, length: int) -> bytes:
    content = file.read(length)
    if len(content) != length:
        raise ValueError("the file is too short")
    return content


def _digest(text: str, tensors: Arrays) -> str:
    """SHA-256, hexadecimal, over the document and the names, types, shapes and bytes of the tensors."""
    names = sorted(tensors)
    digest = _begun_digest(
        text, [(name, tensors[name].dtype, tensors[name].shape) for name in names]
    )
    for name in names:
        digest.update(np.ravel(tensors[name]).view(np.uint8).data)
    return digest.hexdigest()


def _digest_of_file(text: str, places: list[_TensorEntry], file: BinaryIO, start: int) -> str:
    """The same of what lies in a file, where the tensors begin at `start`."""
    ordered = sorted(places, key=lambda place: place.name)
    digest = _begun_digest(text, [(place.name, place.dtype, place.shape) for place in ordered])
    for place in ordered:
        file.seek(start + place.begin)
        for begin in range(place.begin, place.end, _PIECE):
            digest.update(_exactly(file, min(_PIECE, place.end - begin)))
    return digest.hexdigest()


def _begun_digest(
    text: str, layout: list[tuple[str, np.dtype[np.generic], tuple[int, ...]]]
) -> "hashlib._Hash":
    described = [(name, dtype.str, shape) for name, dtype, shape in layout]
    return hashlib.sha256(json.dumps([text, described]).encode())
