"""The news that a run tells of each epoch, and the bar that shows it in a notebook."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vae_gui.core.vae.run.headless import EpochResult


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch of a run, as `report` gets it; as a text it is one line.

    Losses are in nats per image.

    Attributes:
        number: of this epoch, from 1.
        epochs: of the whole run.
        step: the last one of this epoch.
        steps: of the whole run.
        loss: what the run minimises, mean of the training images of this epoch.
        test_loss: the same of the test images.
        test_reconstruction: the first of its two terms.
        test_kl: the second.
        seconds: of training.
    """

    number: int
    epochs: int
    step: int
    steps: int
    loss: float
    test_loss: float
    test_reconstruction: float
    test_kl: float
    seconds: float

    def __str__(self) -> str:
        return f"epoch {self.number} of {self.epochs}: test loss {self.test_loss:.2f}"


Report = Callable[[Epoch], object]


def epoch_of(epoch: EpochResult, steps: int, steps_per_epoch: int) -> Epoch:
    """Return what there is to tell of an epoch; steps: of the whole run."""
    test = epoch.test
    return Epoch(
        epoch.number,
        -(-steps // steps_per_epoch),
        test.step,
        steps,
        epoch.train.loss,
        test.loss,
        test.reconstruction,
        test.kl,
        epoch.seconds,
    )


def bar() -> Report | None:
    """Return a report that shows a bar below the cell; None where no notebook runs this."""
    shell = sys.modules.get("IPython")
    running = None if shell is None else shell.get_ipython()
    if not hasattr(running, "kernel"):
        return None
    from IPython.display import HTML, display

    shown = display(HTML(_html("training", 0.0)), display_id=True)

    def show(epoch: Epoch) -> None:
        shown.update(HTML(_html(str(epoch), epoch.step / epoch.steps)))

    return show


def _html(text: str, share: float) -> str:
    return f'<progress value="{share:.4f}"></progress> {text}'
