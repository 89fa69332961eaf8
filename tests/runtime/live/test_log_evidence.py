"""LiveLogEvidence: log p(x) of the image that was asked for last."""

import pytest

from tests.runtime.conftest import Collector
from tests.spaces import random_snapshot, show_space
from tests.tiny import tiny_data
from vae_gui.core.analysis.log_evidence import bounded_log_evidence
from vae_gui.core.support.progress import finish
from vae_gui.runtime.context import Context
from vae_gui.runtime.live.log_evidence import LiveLogEvidence

FIRST, SECOND = tiny_data().test.images[:2]
SAMPLES = 64


@pytest.fixture
def live(context: Context) -> LiveLogEvidence:
    live = LiveLogEvidence(context, context.explorer)
    live.watch(True)
    return live


def known(qtbot, live: LiveLogEvidence) -> None:
    qtbot.waitUntil(lambda: live.value is not None)


def test_it_is_that_of_the_image_that_was_asked_for(qtbot, context: Context, live) -> None:
    snapshot = show_space(context, 3)
    for image in (FIRST, SECOND):
        live.ask(image, SAMPLES)
        assert live.value is None
        known(qtbot, live)
        expected = finish(bounded_log_evidence(snapshot, image, SAMPLES))
        assert live.value.log_evidence == pytest.approx(expected.log_evidence)


def test_another_number_of_samples_is_another_question(qtbot, context: Context, live) -> None:
    show_space(context, 3)
    live.ask(FIRST, SAMPLES)
    known(qtbot, live)
    live.ask(FIRST, 2 * SAMPLES)
    known(qtbot, live)
    assert live.value.samples == 2 * SAMPLES


def test_the_same_image_is_not_weighed_again(qtbot, context: Context, live) -> None:
    show_space(context, 3)
    live.ask(FIRST, SAMPLES)
    known(qtbot, live)
    started = Collector()
    context.jobs.started.connect(started.take)
    live.ask(FIRST.copy(), SAMPLES)
    assert live.value is not None and not live.busy
    live.ask(SECOND, SAMPLES)
    known(qtbot, live)
    assert len(started.values) == 1


def test_newer_weights_give_another_value(qtbot, context: Context, live) -> None:
    snapshot = show_space(context, 3)
    live.ask(FIRST, SAMPLES)
    known(qtbot, live)
    before = live.value
    context.explorer.weights.adopt(random_snapshot(snapshot.model, seed=3, step=5))
    assert live.value is before
    qtbot.waitUntil(lambda: live.value is not before)
    assert live.value.snapshot.step == 5


def test_the_grid_of_two_dimensions_is_made_once_for_all_images(
    qtbot, context: Context, live
) -> None:
    show_space(context)
    live.ask(FIRST, None)
    known(qtbot, live)
    grid = live.value.grid
    live.ask(SECOND, None)
    known(qtbot, live)
    assert live.value.exact is not None and live.value.grid is grid


def test_when_nobody_asks_nothing_is_weighed(qtbot, context: Context, live) -> None:
    show_space(context, 3)
    live.ask(FIRST, SAMPLES)
    qtbot.waitUntil(lambda: live.busy or live.value is not None)
    live.ask(None, None)
    assert not live.busy and live.value is None


def test_hidden_it_stops(qtbot, context: Context, live) -> None:
    show_space(context, 3)
    live.ask(FIRST, SAMPLES)
    qtbot.waitUntil(lambda: live.busy or live.value is not None)
    live.watch(False)
    assert not live.busy


def test_a_failure_is_told_in_words(qtbot, context: Context, live) -> None:
    show_space(context, 3)
    live.ask(FIRST, None)  # the exact value needs two dimensions
    qtbot.waitUntil(lambda: live.problem != "")
    assert "two latent dimensions" in live.problem
    assert live.value is None and not live.busy
