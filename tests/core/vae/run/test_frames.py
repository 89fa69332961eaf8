"""Frames: what is read is what was written, bit for bit, for every command and message."""

import dataclasses
import io
import math
from typing import get_args

import numpy as np
import pytest

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.vae.config import HyperparameterChange, LiveHyperparameters
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.run import frames
from vae_gui.core.vae.run.messages import (
    Allow,
    Collapsed,
    Ended,
    GiveCheckpoint,
    HyperparametersChanged,
    Kept,
    Losses,
    Moment,
    RunRequest,
    SetHyperparameters,
    Started,
    Stop,
    WaysOut,
)
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.core.vae.timeline import TimelineEntry
from vae_gui.core.vae.trainer import Trainer


def trained() -> Checkpoint:
    trainer = Trainer(tiny_config("conv-bn", patience=2), tiny_data(), "run")
    trainer.step()
    trainer.evaluate()
    return trainer.checkpoint()


CHECKPOINT = trained()
CONFIG = dataclasses.replace(
    CHECKPOINT.config, changes=(HyperparameterChange(0, "learning_rate", 0.1),)
)
CODES = Encodings(np.ones((3, 2), np.float32), None, np.array([0, 1, 0], np.int16), ("a", "b"))
FRAMES: list[frames.Frame] = [
    RunRequest(CONFIG, tiny_data(), "run", CHECKPOINT, 16, 2**20),
    RunRequest(tiny_config(), tiny_data(), "run"),
    Allow(math.inf),
    SetHyperparameters(LiveHyperparameters(1.0, 1e-3), LiveHyperparameters(0.1, 1 / 3)),
    GiveCheckpoint(),
    Stop(measure=False),
    Started("cpu", 0, 10, 5),
    Losses(np.array([[1.0, np.nan, -0.0, 1e300]]), of_test=False),
    Losses(np.empty((0, 4)), of_test=True),
    HyperparametersChanged(CONFIG.changes),
    Collapsed("Lower β."),
    CHECKPOINT.snapshot,
    CHECKPOINT,
    Kept(CHECKPOINT),
    Moment(TimelineEntry(CHECKPOINT.snapshot, CODES), 16),
    Ended(CHECKPOINT, True, None),
    Ended(None, False, "No memory.", WaysOut(64, True), "Traceback"),
]


def assert_equal(mine: object, other: object) -> None:
    assert type(mine) is type(other)
    if isinstance(mine, np.ndarray):
        assert mine.dtype == other.dtype and np.array_equal(mine, other, equal_nan=True)
    elif dataclasses.is_dataclass(mine):
        for field in dataclasses.fields(mine):
            assert_equal(getattr(mine, field.name), getattr(other, field.name))
    elif isinstance(mine, dict):
        assert mine.keys() == other.keys()
        for name in mine:
            assert_equal(mine[name], other[name])
    else:
        assert mine == other


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: type(frame).__name__)
def test_it_comes_back_as_it_was(frame: frames.Frame) -> None:
    pipe = io.BytesIO()
    frames.write(pipe, frame)
    frames.write(pipe, Stop())
    pipe.seek(0)
    assert_equal(frames.read(pipe), frame)
    assert frames.read(pipe) == Stop()


def test_every_kind_is_tried() -> None:
    kinds = {kind.__name__ for kind in get_args(frames.Frame)}
    assert kinds == {type(frame).__name__ for frame in FRAMES}
    assert kinds <= frames.KINDS.keys()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_pipe_that_ends_within_a_frame_has_ended(share: float) -> None:
    pipe = io.BytesIO()
    frames.write(pipe, CHECKPOINT)
    part = io.BytesIO(pipe.getvalue()[: int(share * len(pipe.getvalue()))])
    with pytest.raises(EOFError):
        frames.read(part)
