"""A run that goes on for more epochs has more steps than it had, whatever set its length."""

import pytest

from tests.tiny import tiny_config
from vae_gui.runtime.context import Context
from vae_gui.ui.window.run_words import progress_text


@pytest.mark.parametrize(("min_steps", "steps"), [(0, 6), (8, 8)])  # in epochs of 3
def test_it_goes_on_from_its_last_step(qtbot, context: Context, min_steps: int, steps: int) -> None:
    with qtbot.waitSignal(context.training.ended):
        context.session.train(tiny_config(epochs=2, min_steps=min_steps))
    assert context.training.steps_done == steps
    with qtbot.waitSignal(context.training.ended):
        context.session.continue_run(1)
    assert context.training.steps_done == 3 * -(-steps // 3) + 3


def test_the_run_bar_counts_steps_where_they_set_the_length(qtbot, context: Context) -> None:
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(tiny_config(epochs=2, min_steps=8), paused=True)
    for step in range(1, 8):
        context.training.step()
        qtbot.waitUntil(lambda wanted=step: context.training.steps_done == wanted)
    assert progress_text(context.training) == "step 7/8 · 88 % · paused"
