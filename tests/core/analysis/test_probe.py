"""The probe: two classifiers, the same images, honest counts."""

from dataclasses import replace

import numpy as np
import pytest

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.analysis import probe as probe_module
from vae_gui.core.analysis.probe import (
    ProbeProgress,
    ProbeResult,
    ProbeSettings,
    chosen,
    classify,
    probe,
)
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer


def snapshot_of(data: ImageData, architecture: str = "mlp-256") -> Snapshot:
    config = tiny_config(architecture, latent_dim=3, side=data.side)
    return Trainer(config, data, "run").snapshot()


def relabelled(split: Split, labels: np.ndarray) -> Split:
    return Split(split.images, labels.astype(np.int16))


def test_both_classifiers_are_scored_on_all_test_images() -> None:
    data = tiny_data(train=200, test=40)
    early: list[ProbeResult] = []

    def watch(progress: object) -> None:
        if isinstance(progress, ProbeProgress):
            early.append(progress.result)

    result = finish(probe(snapshot_of(data), data, ProbeSettings(images=120)), watch)

    assert (result.train_images, result.train_available, result.test_images) == (120, 200, 40)
    assert result.pixels is not None
    assert result.pixels.accuracy > 0.8 > result.chance  # a bar is easily told from a beam
    assert result.chance == 0.5
    assert result.mu.features == 3 and result.pixels.features == 28 * 28
    assert result.mu.confusion.sum() == result.pixels.confusion.sum() == 40
    assert result.mu.confusion.sum(axis=1).tolist() == [20, 20]
    assert result.mu.converged and result.pixels.converged
    assert all(one.pixels is None and one.mu.accuracy == result.mu.accuracy for one in early)


def test_a_class_that_is_not_among_the_training_images_keeps_its_row_and_column() -> None:
    data = tiny_data(train=60, test=30, side=32)
    test = relabelled(data.test, np.arange(30) % 3)
    data = replace(data, test=test, class_names=("upright", "level", "unseen"))

    result = finish(probe(snapshot_of(data, "autoencoder-512"), data, ProbeSettings()))

    assert result.mu.confusion.shape == (3, 3)
    assert result.mu.confusion[2].sum() == 10
    assert result.mu.confusion[:, 2].sum() == 0


def test_the_inputs_are_standardised_by_the_training_images() -> None:
    random = np.random.default_rng(0)
    y = np.arange(200) % 2
    informative = (y + random.normal(0, 0.1, 200)) * 1e-4
    x = np.column_stack((informative, random.normal(0, 1e4, 200))).astype(np.float32)

    found = classify(x[:100], y[:100], x[100:])

    assert np.mean(found["predicted"] == y[100:]) > 0.95


def test_a_fit_that_was_cut_short_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(60, 20)), np.arange(60) % 3
    assert bool(classify(x, y, x)["converged"])

    monkeypatch.setattr(probe_module, "MAX_ITERATIONS", 1)

    found = classify(x, y, x)
    assert not bool(found["converged"])
    assert int(found["iterations"]) == 1


def test_the_seed_chooses_the_training_images() -> None:
    train = tiny_data(train=100).train
    first, again, other = (
        chosen(train, ProbeSettings(images=30, seed=seed)).images for seed in (1, 1, 2)
    )
    assert len(first) == 30
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert chosen(train, ProbeSettings(images=100)) is train


def test_images_without_labels_or_of_one_class_are_refused_in_words() -> None:
    data = tiny_data()
    snapshot = snapshot_of(data)
    unlabelled = replace(
        data, train=Split(data.train.images, None), test=Split(data.test.images, None)
    )
    single = replace(data, train=relabelled(data.train, np.zeros(len(data.train))))
    for images, words in ((unlabelled, "no labels"), (single, "two classes")):
        with pytest.raises(UserError, match=words):
            finish(probe(snapshot, images, ProbeSettings()))
