"""A run that comes from another machine goes on with this one's device, and its own setting stays as it was."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.runtime.conftest import entry
from tests.tiny import tiny_config
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.runtime.context import Context
from vae_gui.runtime.library import OpenModel
from vae_gui.runtime.training import RunInfo

OF_CARD = tiny_config(device="cuda")


def of_another_machine() -> OpenModel:
    """A model that was trained on a card, which is not here."""
    there = entry("there", steps=2)
    checkpoint = replace(there.workspace.checkpoint, config=OF_CARD, trained_on=("cuda",))
    return replace(there, workspace=replace(there.workspace, checkpoint=checkpoint))


def ended(qtbot, context: Context, act: Callable[[], object]) -> Checkpoint:
    with qtbot.waitSignal(context.training.ended) as signal:
        act()
    assert signal.args[0].error is None
    checkpoint: Checkpoint = signal.args[0].checkpoint
    return checkpoint


@pytest.mark.parametrize("device", ["auto", "cpu"])
def test_it_goes_on_here_and_keeps_its_setting(qtbot, context: Context, device: str) -> None:
    context.training.device = device
    context.library.add(of_another_machine())
    checkpoint = ended(qtbot, context, lambda: context.session.continue_run(1))
    assert checkpoint.trained_on == ("cuda", "cpu")
    assert checkpoint.config.train.device == "cuda" and context.training.run.device == "cpu"


def test_it_is_repeated_with_the_setting_of_this_machine(qtbot, context: Context) -> None:
    context.training.device = "cpu"
    context.library.add(of_another_machine())
    checkpoint = ended(qtbot, context, context.session.repeat_run)
    assert checkpoint.trained_on == ("cpu",) and checkpoint.config.train.device == "cpu"


def test_a_branch_goes_on_here(qtbot, context: Context) -> None:
    context.library.add(of_another_machine())
    shown = context.library.shown
    with qtbot.waitSignal(context.training.ended):
        context.session.continue_run(1)
    moment = context.library.shown.timeline.entries[0]
    checkpoint = ended(qtbot, context, lambda: context.session.branch(moment))
    assert checkpoint.snapshot.run_id != shown.run_id
    assert checkpoint.trained_on == ("cuda", "cpu") and checkpoint.config.train.device == "cuda"


def failed(qtbot, context: Context, act: Callable[[], object]) -> RunInfo:
    with qtbot.waitSignal(context.training.ended) as signal:
        act()
    assert signal.args[0].ways_out.cpu
    return context.training.run


def test_train_on_the_cpu_leaves_the_setting_of_a_new_run(qtbot, context: Context) -> None:
    run = failed(qtbot, context, lambda: context.session.train(OF_CARD))
    checkpoint = ended(qtbot, context, lambda: context.session.train_on_cpu(run))
    assert checkpoint.config.train.device == "cuda" and checkpoint.trained_on == ("cpu",)


def test_a_run_that_was_sent_to_the_cpu_stays_there_for_this_session(
    qtbot, context: Context
) -> None:
    context.training.device = "cuda"
    context.library.add(of_another_machine())
    run = failed(qtbot, context, lambda: context.session.continue_run(1))
    for act in (
        lambda: context.session.train_on_cpu(run),
        lambda: context.session.continue_run(1),
    ):
        checkpoint = ended(qtbot, context, act)
        assert checkpoint.trained_on == ("cuda", "cpu")
        assert checkpoint.config.train.device == "cuda"
    failed(qtbot, context, context.session.repeat_run)  # another run asks the card again
