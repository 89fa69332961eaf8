"""Where a model stands that nobody has explored: at its classes without a prior, on the dimensions that matter."""

from dataclasses import replace

import numpy as np
import pytest

from tests.runtime.acting import ENDLESS
from tests.spaces import show_space
from tests.tiny import tiny_config
from vae_gui.core.latent.start import at_classes, informative_axes, start
from vae_gui.core.state.latent import LatentState
from vae_gui.core.vae.config import ModelConfig, RunConfig
from vae_gui.core.vae.encodings import Encodings
from vae_gui.runtime.context import Context
from vae_gui.runtime.training import Phase

AUTOENCODER = ModelConfig("autoencoder-512", likelihood="squared-error")


def begin(qtbot, context: Context, config: RunConfig) -> None:
    """A run that goes on, once its first encodings are known."""
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(config)
    qtbot.waitUntil(lambda: context.explorer.scatter.encodings is not None)


def end(qtbot, context: Context) -> None:
    """Stop it, and wait until its last weights have encoded the images."""
    context.training.stop()
    qtbot.waitUntil(lambda: context.training.phase is Phase.IDLE)
    qtbot.waitUntil(lambda: "scatter" not in context.explorer.questions._questions)
    qtbot.waitUntil(lambda: not context.explorer.scatter._timer.isActive())


def encode_as(context: Context, *order: int) -> None:
    """As if the images had been encoded so that dimension order[0] carries most, and so on."""
    dims = context.explorer.latent_dim
    scale = np.full(dims, 0.1)
    scale[list(order)] = 5.0 - np.arange(len(order))
    mu = (np.random.default_rng(0).normal(size=(50, dims)) * scale).astype(np.float32)
    context.explorer.scatter.encodings = Encodings(mu, np.zeros_like(mu), None, ())
    context.explorer.scatter.changed.emit()


def test_an_autoencoder_stands_at_class_centres_until_somebody_moves(
    qtbot, context: Context
) -> None:
    begin(qtbot, context, replace(ENDLESS, model=AUTOENCODER))
    explorer = context.explorer
    seen: set[LatentState] = set()
    for _ in range(2):  # it follows the encodings as they spread
        with qtbot.waitSignal(explorer.scatter.changed):
            pass
        assert explorer.latent == at_classes(explorer.scatter.encodings)
        seen.add(explorer.latent)
    assert len(seen) == 2 and not explorer.undo_stack.count()
    explorer.move_cursor((0.5, 0.25))
    moved = explorer.latent
    with qtbot.waitSignal(explorer.scatter.changed):
        pass
    end(qtbot, context)
    assert explorer.latent == moved


def test_a_vae_stands_between_two_of_its_classes(qtbot, context: Context) -> None:
    begin(qtbot, context, ENDLESS)
    end(qtbot, context)
    explorer = context.explorer
    qtbot.waitUntil(lambda: explorer.latent == start(2, explorer.scatter.encodings))
    assert explorer.latent != LatentState.origin(2)
    assert explorer.undo_stack.count() == 0


def test_the_plane_is_of_the_most_informative_dimensions_once_a_run_stops(
    qtbot, context: Context
) -> None:
    begin(qtbot, context, tiny_config(latent_dim=6, epochs=10_000, learning_rate=1e-2))
    with qtbot.waitSignal(context.explorer.scatter.changed):
        pass
    assert context.explorer.latent.axes == (0, 1)  # it holds still while it learns
    end(qtbot, context)
    encodings = context.explorer.scatter.encodings
    assert context.explorer.latent.axes == informative_axes(encodings)


def test_axes_that_were_chosen_stay(qtbot, context: Context) -> None:
    show_space(context, 6, encoded=False)
    encode_as(context, 4, 2)
    assert context.explorer.latent.axes == (4, 2)
    context.explorer.set_latent(replace(context.explorer.latent, axes=(5, 1)), "Choose axes")
    encode_as(context, 3, 0)
    assert context.explorer.latent.axes == (5, 1)


def test_the_offer_can_be_undone_where_there_is_something_to_undo(context: Context) -> None:
    show_space(context, 6, encoded=False)
    context.explorer.move_cursor((0.5,) * 6)
    encode_as(context, 4, 2)
    assert context.explorer.latent.axes == (4, 2)
    context.explorer.undo_stack.undo()
    assert context.explorer.latent.axes == (0, 1)
    encode_as(context, 3, 5)
    assert context.explorer.latent.axes == (0, 1)  # it was refused


@pytest.mark.parametrize(("dims", "axes"), [(1, (0, 0)), (2, (0, 1)), (4, (0, 1))])
def test_a_model_is_shown_at_once_where_its_file_says_what_matters(
    context: Context, dims: int, axes: tuple[int, int]
) -> None:
    seen: list[tuple[int, int]] = []
    context.explorer.model_changed.connect(lambda: seen.append(context.explorer.latent.axes))
    show_space(context, dims)  # each dimension carries less than the one before
    assert seen == [axes]
