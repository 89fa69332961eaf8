"""What a person does, for tests that need it done: train, save, open, meet a failure."""

from pathlib import Path

import numpy as np

from tests.tiny import tiny_config
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.runtime.context import Context
from vae_gui.runtime.request import Answer, Done, Request, Value
from vae_gui.runtime.training import Training

WAIT_MS = 60_000
ENDLESS = tiny_config(epochs=10_000)


def train(qtbot, context: Context, config: RunConfig | None = None) -> None:
    """A whole run."""
    with qtbot.waitSignal(context.training.ended, timeout=WAIT_MS):
        context.session.train(config or tiny_config())


def train_on(qtbot, context: Context, paused: bool = False) -> None:
    """A run that goes on, shown."""
    with qtbot.waitSignal(context.library.shown_changed, timeout=WAIT_MS):
        context.session.train(ENDLESS, paused=paused)


def saved(qtbot, context: Context, path: Path) -> Workspace:
    with qtbot.waitSignal(context.files.saved, timeout=WAIT_MS):
        context.files.save(path)
    return files.load(path)


def opened(qtbot, context: Context, path: Path) -> None:
    with qtbot.waitSignal(context.explorer.model_changed, timeout=WAIT_MS):
        context.files.open(path)


def failure(qtbot, context: Context, act: object) -> str:
    with qtbot.waitSignal(context.notices.published, timeout=WAIT_MS) as failed:
        act()
    return failed.args[0].text


def answer_to(qtbot, request: Request[Value]) -> Answer[Value]:
    """The answer, which is waited for."""
    qtbot.waitUntil(lambda: request.answer is not None, timeout=WAIT_MS)
    return request.answer


def checkpoint_of(qtbot, training: Training) -> Checkpoint:
    """The run as it is now."""
    answer = answer_to(qtbot, training.request_checkpoint())
    assert isinstance(answer, Done)
    return answer.value


def same_weights(a: Workspace, b: Workspace) -> bool:
    first, second = a.checkpoint.snapshot.weights, b.checkpoint.snapshot.weights
    return first.keys() == second.keys() and all(
        np.array_equal(array, second[name]) for name, array in first.items()
    )
