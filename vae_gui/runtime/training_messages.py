"""What goes to the training thread, and the messages that come back: a run's length, losses, states and end."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.vae.config import HyperparameterChange, RunConfig
from vae_gui.core.vae.device_errors import DeviceError
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.timeline import BUDGET_BYTES, Timeline


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is started from."""

    config: RunConfig
    data: ImageData
    run_id: str
    resume: Checkpoint | None = None
    timeline: Timeline = field(default_factory=Timeline)
    timeline_bytes: int = BUDGET_BYTES


@dataclass(frozen=True, slots=True)
class Started:
    """The run is ready: where it trains and how long it is."""

    device: str
    steps_done: int
    total_steps: int
    steps_per_epoch: int


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """Rows (n, 4) of step, loss, reconstruction, kl; of single steps or of the whole test split."""

    rows: NDArray[np.float64]
    of_test: bool


@dataclass(frozen=True, slots=True)
class HyperparametersChanged:
    """A knob was turned: all changes of the run."""

    changes: tuple[HyperparameterChange, ...]


@dataclass(frozen=True, slots=True)
class Collapsed:
    """The posterior has collapsed; `advice` is a sentence."""

    advice: str


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """The last message of a run; `error` is a sentence, or None.

    checkpoint: where there is an error, the last good state, if there was one; later losses do not count.
    device_error: where the device is the cause of it, with the ways out.
    """

    checkpoint: Checkpoint | None
    finished: bool
    error: str | None
    device_error: DeviceError | None = None


Message = (
    Started | Losses | HyperparametersChanged | Snapshot | Timeline | Checkpoint | Collapsed | Ended
)
