"""Wire: values as bytes, for the pipes between this process and its children. Nothing on it is ever a file.

A frame is a JSON list of its arrays' types and shapes, those arrays, raw, one after the other, and a JSON tree
of its values; before each JSON stands its length. Both ends are of one program.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

_KIND, _ARRAY, _BYTES, _PATH = "kind of value", "index of array", "index of bytes", "path"
_LENGTH = struct.Struct("<I")


def write(stream: IO[bytes], frame: object) -> None:
    """Send a dataclass of plain values, arrays, bytes, paths and such dataclasses; returns once it is in the pipe."""
    arrays: list[NDArray[np.generic]] = []

    def plain(value: Any) -> object:
        if isinstance(value, Path):
            return {_PATH: str(value)}
        if isinstance(value, np.ndarray | bytes):
            raw = isinstance(value, bytes)
            arrays.append(np.frombuffer(value, np.uint8) if raw else np.asarray(value, order="C"))
            return {_BYTES if raw else _ARRAY: len(arrays) - 1}
        values = {field.name: getattr(value, field.name) for field in fields(value)}
        return {_KIND: type(value).__name__, **values}

    tree = json.dumps(frame, default=plain)
    _write_json(stream, json.dumps([(array.dtype.str, array.shape) for array in arrays]))
    for array in arrays:
        stream.write(_bytes_of(array))
    _write_json(stream, tree)
    stream.flush()


def read(stream: IO[bytes], kinds: Mapping[str, type[Any]]) -> object:
    """Wait for the next frame; raises EOFError where the other end is gone.

    kinds: by name, the dataclasses that may stand in it. Where one of them has a list, it is a tuple.
    """
    layout = json.loads(_read_json(stream))
    arrays: list[NDArray[np.generic]] = [np.empty(shape, dtype) for dtype, shape in layout]
    for array in arrays:
        _fill(stream, _bytes_of(array))

    def value(tree: dict[str, Any]) -> object:
        if _ARRAY in tree:
            return arrays[tree[_ARRAY]]
        if _BYTES in tree:
            return arrays[tree[_BYTES]].tobytes()
        if _PATH in tree:
            return Path(tree[_PATH])
        if _KIND not in tree:
            return tree
        kind = kinds[tree.pop(_KIND)]
        return kind(**{name: _as_tuples(one) for name, one in tree.items()})

    return json.loads(_read_json(stream), object_hook=value)


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, list) else value


def _bytes_of(array: NDArray[np.generic]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _write_json(stream: IO[bytes], text: str) -> None:
    content = text.encode()
    stream.write(_LENGTH.pack(len(content)) + content)


def _read_json(stream: IO[bytes]) -> bytearray:
    (length,) = _LENGTH.unpack(_fill(stream, bytearray(_LENGTH.size)))
    content = bytearray(length)
    _fill(stream, content)
    return content


def _fill(stream: IO[bytes], buffer: bytearray | memoryview) -> bytearray | memoryview:
    view = memoryview(buffer)
    while view:
        count = stream.readinto(view)  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        view = view[count:]
    return buffer
