"""Frames: commands and messages of a run as bytes, for the pipes between the app and the process that trains.

A frame is a length, a JSON header of that many bytes, and the arrays that the header lists, raw, one after
the other. Both ends are of one program; neither is ever a file.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import IO, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.vae.config import (
    HyperparameterChange,
    LiveHyperparameters,
    ModelConfig,
    run_config_from_json,
    to_json,
)
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.run.messages import (
    Allow,
    Collapsed,
    Command,
    Ended,
    GiveCheckpoint,
    HyperparametersChanged,
    Kept,
    Losses,
    Message,
    Moment,
    RunRequest,
    SetHyperparameters,
    Started,
    Stop,
    WaysOut,
)
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.timeline import TimelineEntry

_LENGTH = struct.Struct("<I")
Value = TypeVar("Value")
Frame = RunRequest | Command | Message
Tree = dict[str, Any]  # JSON values and arrays, as the header and what follows it


def write(stream: IO[bytes], frame: Frame) -> None:
    """Send one; returns once it is in the pipe."""
    arrays: list[NDArray[np.generic]] = []

    def place(value: object) -> object:
        assert isinstance(value, np.ndarray)
        arrays.append(np.ascontiguousarray(value))
        return {_ARRAY: [value.dtype.str, value.shape]}

    kind = type(frame).__name__
    header = json.dumps([kind, PACK[kind](frame)], default=place).encode()
    stream.write(_LENGTH.pack(len(header)) + header)
    for array in arrays:
        stream.write(array.reshape(-1).view(np.uint8).data)
    stream.flush()


def read(stream: IO[bytes]) -> Frame:
    """Wait for the next one; raises EOFError where the other end is gone."""
    (length,) = _LENGTH.unpack(_exactly(stream, bytearray(_LENGTH.size)))
    arrays: list[NDArray[np.generic]] = []

    def fill(value: Tree) -> object:
        if _ARRAY not in value:
            return value
        dtype, shape = value[_ARRAY]
        arrays.append(np.empty(shape, dtype))
        return arrays[-1]

    kind, tree = json.loads(_exactly(stream, bytearray(length)), object_hook=fill)
    for array in arrays:
        _exactly(stream, array.reshape(-1).view(np.uint8).data)
    frame: Frame = UNPACK[kind](tree)
    return frame


_ARRAY = "array"


def _exactly(stream: IO[bytes], buffer: Any) -> Any:
    view = memoryview(buffer)
    while view:
        count = stream.readinto(view)  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        view = view[count:]
    return buffer


# --- values that several frames hold -------------------------------------------


def _snapshot(snapshot: Snapshot) -> Tree:
    return {
        "run_id": snapshot.run_id,
        "step": snapshot.step,
        "model": asdict(snapshot.model),
        "weights": dict(snapshot.weights),
    }


def _to_snapshot(tree: Tree) -> Snapshot:
    return Snapshot(**tree | {"model": ModelConfig(**tree["model"])})


def _checkpoint(checkpoint: Checkpoint) -> Tree:
    return {
        "config": to_json(checkpoint.config),
        "snapshot": _snapshot(checkpoint.snapshot),
        "optimizer": dict(checkpoint.optimizer),
        "best": _maybe(_snapshot, checkpoint.best),
        "e_step": _maybe(_snapshot, checkpoint.e_step),
        "best_loss": checkpoint.best_loss,
        "epochs_without_improvement": checkpoint.epochs_without_improvement,
    }


def _to_checkpoint(tree: Tree) -> Checkpoint:
    return Checkpoint(
        **tree
        | {
            "config": run_config_from_json(tree["config"]),
            "snapshot": _to_snapshot(tree["snapshot"]),
            "best": _maybe(_to_snapshot, tree["best"]),
            "e_step": _maybe(_to_snapshot, tree["e_step"]),
        }
    )


def _maybe(convert: Callable[[Any], Value], value: object) -> Value | None:
    return None if value is None else convert(value)


def _attributes(value: object, *names: str) -> Tree:
    return {name: getattr(value, name) for name in names}


def _split(split: Split) -> Tree:
    return _attributes(split, "images", "labels")


_DATA = ("name", "title", "class_names", "digest", "is_sample")
_ENCODINGS = ("mu", "logvar", "labels", "class_names")


def _data(data: ImageData) -> Tree:
    return _attributes(data, *_DATA) | {"train": _split(data.train), "test": _split(data.test)}


def _to_data(tree: Tree) -> ImageData:
    splits = {name: Split(**tree[name]) for name in ("train", "test")}
    return ImageData(**tree | splits | {"class_names": tuple(tree["class_names"])})


def _to_encodings(tree: Tree) -> Encodings:
    return Encodings(**tree | {"class_names": tuple(tree["class_names"])})


# --- the frames ------------------------------------------------------------------

PACK: Mapping[str, Callable[[Any], Tree]] = {
    RunRequest.__name__: lambda request: {
        "config": to_json(request.config),
        "data": _data(request.data),
        "resume": _maybe(_checkpoint, request.resume),
        **_attributes(request, "run_id", "timeline_capacity", "timeline_bytes"),
    },
    Allow.__name__: asdict,
    SetHyperparameters.__name__: asdict,
    GiveCheckpoint.__name__: asdict,
    Stop.__name__: asdict,
    Started.__name__: asdict,
    Losses.__name__: lambda losses: _attributes(losses, "rows", "of_test"),
    HyperparametersChanged.__name__: asdict,
    Collapsed.__name__: asdict,
    Snapshot.__name__: _snapshot,
    Checkpoint.__name__: _checkpoint,
    Kept.__name__: lambda kept: {"checkpoint": _checkpoint(kept.checkpoint)},
    Moment.__name__: lambda moment: {
        "snapshot": _snapshot(moment.entry.snapshot),
        "encodings": _attributes(moment.entry.encodings, *_ENCODINGS),
        "capacity": moment.capacity,
    },
    Ended.__name__: lambda ended: {
        "checkpoint": _maybe(_checkpoint, ended.checkpoint),
        "ways_out": _maybe(asdict, ended.ways_out),
        **_attributes(ended, "finished", "error", "trace"),
    },
}

UNPACK: Mapping[str, Callable[[Tree], Any]] = {
    RunRequest.__name__: lambda tree: RunRequest(
        **tree
        | {
            "config": run_config_from_json(tree["config"]),
            "data": _to_data(tree["data"]),
            "resume": _maybe(_to_checkpoint, tree["resume"]),
        }
    ),
    Allow.__name__: lambda tree: Allow(**tree),
    SetHyperparameters.__name__: lambda tree: SetHyperparameters(
        LiveHyperparameters(**tree["before"]), LiveHyperparameters(**tree["after"])
    ),
    GiveCheckpoint.__name__: lambda _: GiveCheckpoint(),
    Stop.__name__: lambda tree: Stop(**tree),
    Started.__name__: lambda tree: Started(**tree),
    Losses.__name__: lambda tree: Losses(**tree),
    HyperparametersChanged.__name__: lambda tree: HyperparametersChanged(
        tuple(HyperparameterChange(**change) for change in tree["changes"])
    ),
    Collapsed.__name__: lambda tree: Collapsed(**tree),
    Snapshot.__name__: _to_snapshot,
    Checkpoint.__name__: _to_checkpoint,
    Kept.__name__: lambda tree: Kept(_to_checkpoint(tree["checkpoint"])),
    Moment.__name__: lambda tree: Moment(
        TimelineEntry(_to_snapshot(tree["snapshot"]), _to_encodings(tree["encodings"])),
        tree["capacity"],
    ),
    Ended.__name__: lambda tree: Ended(
        **tree
        | {
            "checkpoint": _maybe(_to_checkpoint, tree["checkpoint"]),
            "ways_out": _maybe(lambda ways: WaysOut(**ways), tree["ways_out"]),
        }
    ),
}
