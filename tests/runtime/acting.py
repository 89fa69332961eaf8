"""What a person does, for tests that need it done: train, save, open, meet a failure."""

from pathlib import Path

import numpy as np

from tests.tiny import tiny_config
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.vae.config import RunConfig
from vae_gui.runtime.context import Context

ENDLESS = tiny_config(epochs=10_000)


def train(qtbot, context: Context, config: RunConfig | None = None) -> None:
    """A whole run."""
    with qtbot.waitSignal(context.training.ended):
        context.session.train(config or tiny_config())


def train_on(qtbot, context: Context, paused: bool = False) -> None:
    """A run that goes on, shown."""
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(ENDLESS, paused=paused)


def saved(qtbot, context: Context, path: Path) -> Workspace:
    with qtbot.waitSignal(context.files.saved):
        context.files.save(path)
    return files.load(path)


def opened(qtbot, context: Context, path: Path) -> None:
    with qtbot.waitSignal(context.explorer.model_changed):
        context.files.open(path)


def failure(qtbot, context: Context, act: object) -> str:
    with qtbot.waitSignal(context.notices.published) as failed:
        act()
    return failed.args[0].text


def same_weights(a: Workspace, b: Workspace) -> bool:
    first, second = a.checkpoint.snapshot.weights, b.checkpoint.snapshot.weights
    return first.keys() == second.keys() and all(
        np.array_equal(array, second[name]) for name, array in first.items()
    )
