"""Frames: commands and messages of a run as bytes, for the pipes between the app and the process that trains.

A frame is a JSON list of its arrays' types and shapes, those arrays, raw, one after the other, and a JSON tree
of its values; before each JSON stands its length. Both ends are of one program; neither is ever a file.
"""

from __future__ import annotations

import json
import struct
from dataclasses import fields
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.vae import config
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.run import messages
from vae_gui.core.vae.run.messages import Command, Message, RunRequest
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.timeline import TimelineEntry

Frame = RunRequest | Command | Message

# Whatever stands in a frame. Where one of them has a list, it is a tuple.
KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        *(messages.RunRequest, messages.Allow, messages.SetHyperparameters, messages.Stop),
        *(messages.GiveCheckpoint, messages.Started, messages.Losses, messages.Collapsed),
        *(messages.HyperparametersChanged, messages.Moment, messages.Kept, messages.Ended),
        *(messages.WaysOut, Snapshot, Checkpoint, TimelineEntry, Encodings, ImageData, Split),
        *(config.ModelConfig, config.TrainConfig, config.RunConfig),
        *(config.LiveHyperparameters, config.HyperparameterChange),
    )
}
_KIND, _ARRAY = "kind of value", "index of array"
_LENGTH = struct.Struct("<I")


def write(stream: IO[bytes], frame: Frame) -> None:
    """Send one; returns once it is in the pipe."""
    arrays: list[NDArray[np.generic]] = []

    def plain(value: Any) -> object:
        if isinstance(value, np.ndarray):
            arrays.append(np.asarray(value, order="C"))
            return {_ARRAY: len(arrays) - 1}
        values = {field.name: getattr(value, field.name) for field in fields(value)}
        return {_KIND: type(value).__name__, **values}

    tree = json.dumps(frame, default=plain)
    _write_json(stream, json.dumps([(array.dtype.str, array.shape) for array in arrays]))
    for array in arrays:
        stream.write(_bytes_of(array))
    _write_json(stream, tree)
    stream.flush()


def read(stream: IO[bytes]) -> Frame:
    """Wait for the next one; raises EOFError where the other end is gone."""
    layout = json.loads(_read_json(stream))
    arrays: list[NDArray[np.generic]] = [np.empty(shape, dtype) for dtype, shape in layout]
    for array in arrays:
        _fill(stream, _bytes_of(array))

    def value(tree: dict[str, Any]) -> object:
        if _ARRAY in tree:
            return arrays[tree[_ARRAY]]
        if _KIND not in tree:
            return tree
        kind = KINDS[tree.pop(_KIND)]
        return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in tree.items()})

    frame: Frame = json.loads(_read_json(stream), object_hook=value)
    return frame


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
