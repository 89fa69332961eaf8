"""LiveEmbedding: PCA follows the weights, t-SNE waits until it is asked for."""

import numpy as np
import pytest

from tests.runtime.conftest import Collector
from tests.spaces import config_of, show, show_space, trained
from tests.tiny import tiny_data
from vae_gui.core.analysis.embedding import EmbeddingSettings
from vae_gui.runtime.context import Context
from vae_gui.runtime.live.embedding import LiveEmbedding

DATA = tiny_data(test=150)
TSNE = EmbeddingSettings("tsne", images=60)


@pytest.fixture
def live(context: Context) -> LiveEmbedding:
    live = LiveEmbedding(context, context.explorer)
    live.watch(True)
    return live


def done(qtbot, live: LiveEmbedding, method: str = "pca") -> None:
    qtbot.waitUntil(
        lambda: live.value is not None and not live.busy and live.value.settings.method == method
    )


def test_all_images_that_are_asked_for_are_laid_out(qtbot, context: Context, live) -> None:
    show(context, trained(config_of(latent_dim=3), DATA), DATA)
    live.set_settings(EmbeddingSettings(images=100))
    qtbot.waitUntil(lambda: live.value is not None and len(live.value.points) == 100)
    assert len(live.originals) == 100


def test_the_originals_are_those_of_the_points(qtbot, context: Context, live) -> None:
    trainer = trained(config_of(latent_dim=3), DATA, steps=3)
    snapshot = show(context, trainer, DATA)
    live.set_settings(EmbeddingSettings(images=100))
    qtbot.waitUntil(lambda: live.value is not None and len(live.value.points) == 100)
    from vae_gui.core.inference.engine import Engine

    mu, _ = Engine(snapshot).encode(live.originals)
    assert np.allclose(live.value.encodings.mu, mu, atol=1e-5)


def test_an_ordered_one_is_made_only_when_it_is_asked_for(qtbot, context: Context, live) -> None:
    show_space(context, 3)
    done(qtbot, live)
    started = Collector()
    context.jobs.started.connect(started.take)
    live.set_settings(TSNE)
    assert not live.busy and started.values == []
    live.compute()
    assert live.busy and [job.title for job in started.values] == ["t-SNE embedding"]
    done(qtbot, live, "tsne")


def test_an_ordered_one_shows_how_far_it_has_come(qtbot, context: Context, live) -> None:
    show_space(context, 3)
    done(qtbot, live)
    busy: list[bool] = []
    live.changed.connect(lambda: busy.append(live.busy))
    live.set_settings(TSNE)
    with qtbot.waitSignal(live.changed, check_params_cb=lambda: live.value.settings == TSNE):
        live.compute()
    assert busy[-1]
    done(qtbot, live, "tsne")


def test_a_cancelled_one_stays_as_far_as_it_has_come(qtbot, context: Context, live) -> None:
    show_space(context, 3)
    done(qtbot, live)
    live.set_settings(TSNE)
    with qtbot.waitSignal(live.changed, check_params_cb=lambda: live.value.settings == TSNE):
        live.compute()
    partial = live.value
    live.cancel()
    assert live.value is partial and not live.busy and live.problem == ""


def test_hidden_it_costs_nothing(qtbot, context: Context, live) -> None:
    live.watch(False)
    started = Collector()
    context.jobs.started.connect(started.take)
    show_space(context, 3)
    live.set_settings(EmbeddingSettings(images=100))
    assert started.values == [] and live.value is None


def test_a_failure_is_told_in_words(qtbot, context: Context, live) -> None:
    show_space(context, 3, encoded=False)
    assert not live.possible
    few = tiny_data(test=4)
    show(context, trained(config_of(latent_dim=3), few), few)
    qtbot.waitUntil(lambda: "at least 10" in live.problem)
    assert live.value is None
