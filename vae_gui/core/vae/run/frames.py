"""Frames: the commands and messages of a run on the wire between the app and the process that trains."""

from __future__ import annotations

from typing import IO, Any, cast

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.support import wire
from vae_gui.core.vae import config
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.run import messages
from vae_gui.core.vae.run.messages import Command, Message, RunRequest
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.timeline import TimelineEntry

Frame = RunRequest | Command | Message

# What may stand in a frame.
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


def write(stream: IO[bytes], frame: Frame) -> None:
    """Send one; returns once it is in the pipe."""
    wire.write(stream, frame)


def read(stream: IO[bytes]) -> Frame:
    """Wait for the next one; raises EOFError where the other end is gone."""
    return cast(Frame, wire.read(stream, KINDS))
