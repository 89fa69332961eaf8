"""The request and the commands to a run, and the messages that come back: its length, losses, states and end.

All are frozen values.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.support.errors import reason
from vae_gui.core.vae.config import HyperparameterChange, LiveHyperparameters, RunConfig
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.timeline import BUDGET_BYTES, TimelineEntry


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A request to train.

    timeline_capacity: of the timeline that the run goes on with; 0 where it begins with none.
    device: where it is trained this time; "" for where its setting says.
    """

    config: RunConfig
    data: ImageData
    run_id: str
    resume: Checkpoint | None = None
    timeline_capacity: int = 0
    timeline_bytes: int = BUDGET_BYTES
    device: str = ""

    @property
    def on_cpu(self) -> bool:
        """Say whether it is to be trained on the CPU, whatever else there is."""
        return (self.device or self.config.train.device) == "cpu"


@dataclass(frozen=True, slots=True)
class Allow:
    """Steps that may be taken from now on. Infinity: run. 0: wait. 1: take one step, then wait."""

    steps: float


@dataclass(frozen=True, slots=True)
class SetHyperparameters:
    """Set from the next step on those that differ."""

    before: LiveHyperparameters
    after: LiveHyperparameters


@dataclass(frozen=True, slots=True)
class GiveCheckpoint:
    """Send a Checkpoint after the step in progress, behind the losses up to it.

    measure: whether its losses of the test images are among them.
    """

    measure: bool = True


@dataclass(frozen=True, slots=True)
class Stop:
    """End the run within a batch; then measure it on the test images once more, or do not."""

    measure: bool = True


Command = Allow | SetHyperparameters | GiveCheckpoint | Stop


@dataclass(frozen=True, slots=True)
class Started:
    """The run is ready: where it trains and how long it is.

    why: it is there, where there was a choice. warning: about a card that cannot be used, or "".
    """

    device: str
    steps_done: int
    total_steps: int
    steps_per_epoch: int
    why: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """Rows (n, 4) of step, loss, reconstruction, kl; of single steps or of the whole test split.

    of_posterior: of the test split with z of p(z|x), as exact EM draws it, instead of the encoder's q(z|x).
    """

    rows: NDArray[np.float64]
    of_test: bool
    of_posterior: bool = False


@dataclass(frozen=True, slots=True)
class HyperparametersChanged:
    """A knob was turned: all changes of the run."""

    changes: tuple[HyperparameterChange, ...]


@dataclass(frozen=True, slots=True)
class Collapsed:
    """The posterior has collapsed; `advice` is a sentence."""

    advice: str


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A new entry of the timeline, which holds `capacity` of them."""

    entry: TimelineEntry
    capacity: int


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A state to fall back on, should the run not be able to go on."""

    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class WaysOut:
    """The ways out of a run that its device ends.

    smaller_batch: one that needs half the memory; 0 where that does not help. cpu: whether the CPU helps.
    """

    smaller_batch: int
    cpu: bool


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """The last message of a run; `error` is a sentence, or None.

    checkpoint: where there is an error, the last good state, if there was one; later losses do not count.
    ways_out: where the device is the cause of it.
    trace: of an error of the program, for the log.
    """

    checkpoint: Checkpoint | None
    finished: bool
    error: str | None
    ways_out: WaysOut | None = None
    trace: str = ""


def broken_off(error: Exception) -> Ended:
    """Return the end of a run that an error of the program ends; called where that is caught."""
    text = f"Training stopped: {reason(error)}."
    return Ended(None, False, text, trace=traceback.format_exc())


Message = (
    Started
    | Losses
    | HyperparametersChanged
    | Snapshot
    | Moment
    | Checkpoint
    | Kept
    | Collapsed
    | Ended
)
Put = Callable[[Message], None]


class Runner(Protocol):
    """A run, in this process or in one of its own: `run` returns after the message Ended."""

    def take(self, command: Command) -> None:
        """Take a command from any thread; it is carried out between two steps."""

    def run(self) -> None: ...
