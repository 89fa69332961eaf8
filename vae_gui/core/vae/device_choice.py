"""Chooses the device of a run whose setting leaves it open: the one on which its first steps are faster."""

import json
import math
import os
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from vae_gui import __version__
from vae_gui.core.datasets.base import ImageData, stratified
from vae_gui.core.support.app_folder import app_folder
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, open_checked
from vae_gui.core.support.json_values import fields, number
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.devices import choose_device, device_name, find_devices
from vae_gui.core.vae.trainer import Trainer

WARM_STEPS = 3  # in which a card compiles what it needs
BLOCK = 8  # steps from one wait for the device to the next
MAX_SECONDS = 0.4  # of a measurement on one device, beyond the step in which it is reached
MAX_EPOCHS = 10_000  # of the run that is measured, which never ends
MAX_KNOWN = 200  # measurements that are kept
MAX_BYTES = 1_000_000  # of their file


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """device: its kind. why: in a few words; "" where there was nothing to choose.

    warning: a sentence about a card that is there and cannot be used, or "".
    """

    device: str
    why: str = ""
    warning: str = ""


def choose(config: RunConfig, data: ImageData, wanted: str = "") -> DeviceChoice:
    """Choose the device of a run. wanted: what goes before its setting; "" for none.

    With `auto` the first steps are measured on the CPU and on the card, in at most about a second; the times are
    kept for this machine, recipe and version. Raises DeviceError where the device that is named cannot be used.
    """
    wanted = wanted or config.train.device
    if wanted != "auto":
        return DeviceChoice(choose_device(wanted).type)
    devices = find_devices()
    if devices.best != "cpu":
        return _faster(config, data, devices.best)
    warning = " ".join(
        f"Training runs on the CPU, as {kind.upper()} cannot be used: {reason}."
        for kind, reason in devices.unused
    )
    return DeviceChoice("cpu", "the card cannot be used" if warning else "", warning)


def _faster(config: RunConfig, data: ImageData, card: str) -> DeviceChoice:
    seconds = _measured(config, data, card)
    if seconds[card] == math.inf:
        return DeviceChoice("cpu", f"{card.upper()} cannot train this model")
    device = min(seconds, key=seconds.__getitem__)
    other = "cpu" if device == card else card
    words = f"{1000 * seconds[device]:.1f} ms a step, {1000 * seconds[other]:.1f} on {other}"
    return DeviceChoice(device, words)


def _measured(config: RunConfig, data: ImageData, card: str) -> dict[str, float]:
    """Return the seconds of a step on the card and on the CPU, as they are known or measured now."""
    key, path = _key(config, card), _times_path()
    known = _known_times(path)
    if key in known:
        return known[key]
    seconds = {kind: seconds_a_step(config, data, kind) for kind in (card, "cpu")}
    if all(map(math.isfinite, seconds.values())):
        newest = dict(list((known | {key: seconds}).items())[-MAX_KNOWN:])
        with suppress(OSError, UserError):  # then it is measured again
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(path) as file:
                file.write(json.dumps(newest, indent=1).encode())
    return seconds


def seconds_a_step(config: RunConfig, data: ImageData, kind: str) -> float:
    """Time a step of a run on a device, without the first ones and without waiting for each; infinity if it fails."""
    few = replace(data, train=stratified(data.train, 2 * config.train.batch_size))
    endless = replace(config, train=replace(config.train, epochs=MAX_EPOCHS), changes=())
    began, best = time.perf_counter(), math.inf
    try:
        trainer = Trainer(endless, few, "measured", device=kind)
        _take(trainer, WARM_STEPS, began)
        while best == math.inf or time.perf_counter() - began < MAX_SECONDS:
            block_began = time.perf_counter()
            steps = _take(trainer, BLOCK, began)
            best = min(best, (time.perf_counter() - block_began) / steps)
    except (RuntimeError, TypeError):  # as of memory, or of what the device cannot compute
        return math.inf
    return best


def _take(trainer: Trainer, count: int, began: float) -> int:
    """Take so many steps, or fewer where the time is up, and wait for the device; returns how many."""
    taken, losses = 0, []
    while not taken or (taken < count and time.perf_counter() - began < MAX_SECONDS):
        losses.append(trainer.step().losses)
        taken += 1
    losses[-1].tolist()
    return taken


def _key(config: RunConfig, card: str) -> str:
    """Return a key made of all that the times depend on."""
    train, model = config.train, config.model
    recipe = (model.architecture, model.latent_dim, model.likelihood, model.side)
    training = (train.batch_size, train.optimizer, train.precision, train.threads)
    machine = (__version__, torch.__version__, device_name(card), os.cpu_count())
    return " ".join(map(str, (*machine, *recipe, *training)))


def _times_path() -> Path:
    return app_folder() / "device-times.json"


def _known_times(path: Path) -> dict[str, dict[str, float]]:
    """Return what was measured before; nothing where the file is not there or not whole."""
    try:
        with open_checked(path, MAX_BYTES) as file:
            document = fields(json.loads(file.read()))
        return {
            key: {kind: number(value) for kind, value in fields(times).items()}
            for key, times in document.items()
        }
    except (UserError, TypeError, ValueError):
        return {}
