"""LiveCoverage: the one owner, so that the word at the cursor and the band under a strip agree."""

from dataclasses import replace

import pytest

from tests.answers import wait_for_answers
from tests.runtime.conftest import Collector
from tests.spaces import made_up_encodings, show, show_space, trained
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.analysis.coverage import calibrate
from vae_gui.core.analysis.density import run
from vae_gui.runtime.context import Context
from vae_gui.runtime.training import Phase

DATA = tiny_data(train=300, test=100)


@pytest.fixture
def watched(qtbot, context: Context) -> Context:
    """A model with its images, whose coverage of the test images is known."""
    show(context, trained(tiny_config(), DATA), DATA)
    context.coverage.watch(True)
    qtbot.waitUntil(lambda: context.coverage.value is not None)
    return context


def test_while_nobody_watches_no_question_is_asked(qtbot, context: Context) -> None:
    answered = Collector()
    context.explorer.questions.answered.connect(answered.take)
    show_space(context)
    wait_for_answers(qtbot, context)
    assert context.coverage.value is None
    assert [answer.channel for answer in answered.values] == ["last"]


def test_it_is_that_of_the_encodings_that_are_shown(qtbot, context: Context) -> None:
    context.coverage.watch(True)
    show_space(context)
    with qtbot.waitSignal(context.coverage.changed):
        pass
    expected = run(calibrate(made_up_encodings(2, 3, point=False)))
    found = context.coverage.value
    assert (found.off, found.inside) == (expected.off, expected.inside)
    assert context.coverage.source == "520 test images"


def test_the_training_images_take_over_where_somebody_wants_them(qtbot, watched: Context) -> None:
    coverage = watched.coverage
    assert coverage.source == "100 test images"
    coverage.watch_training_images(True)
    qtbot.waitUntil(lambda: coverage.source == "300 training images")
    assert coverage.value.images == 300


def test_newer_weights_fall_back_to_the_test_images_until_the_others_are_encoded(
    qtbot, watched: Context
) -> None:
    coverage = watched.coverage
    coverage.watch_training_images(True)
    qtbot.waitUntil(lambda: coverage.source == "300 training images")
    of_old = coverage.value
    snapshot = watched.explorer.weights.snapshot
    watched.explorer.weights.adopt(replace(snapshot, step=9))
    assert coverage.value is not of_old and coverage.source == "100 test images"
    qtbot.waitUntil(
        lambda: coverage.source == "300 training images" and coverage.value is not of_old
    )


def test_while_a_model_trains_the_training_images_are_not_encoded(watched: Context) -> None:
    started = Collector()
    watched.jobs.started.connect(started.take)
    watched.training.phase = Phase.RUNNING
    watched.coverage.watch_training_images(True)
    assert started.values == []
    assert watched.coverage.source == "100 test images"


def test_another_model_has_no_coverage_until_its_own_is_known(qtbot, watched: Context) -> None:
    other = tiny_config("deep-mlp", latent_dim=3)
    show(watched, trained(other, DATA), None)
    assert watched.coverage.value is None and watched.coverage.source == ""
    watched.explorer.scatter.set_images(DATA)
    watched.explorer.scatter.encode_now()
    qtbot.waitUntil(lambda: watched.coverage.value is not None)
    assert watched.coverage.value.mixture.latent_dim == 3
