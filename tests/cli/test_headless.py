"""A run without a screen equals the trainer's own, and measures what it ends with."""

import os
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Call
from tests.tiny import through_a_file, tiny_config, tiny_data
from vae_gui.core.inference.engine import Engine
from vae_gui.core.storage.workspace import load
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.sweeps.finished_run import as_workspace
from vae_gui.core.vae.run.headless import HeadlessRun
from vae_gui.core.vae.step import losses_of
from vae_gui.core.vae.trainer import Trainer

DATA = tiny_data()


def test_every_epoch_is_reported_with_the_means_of_its_images() -> None:
    run = HeadlessRun(tiny_config(batch_size=32), DATA, "run")  # 32 images, then 16
    epochs = list(run.epochs())
    losses = run.history.steps.column("loss")
    assert [epoch.number for epoch in epochs] == [1, 2]
    assert run.history.steps.column("step").tolist() == [1, 2, 3, 4]
    assert run.history.tests.column("step").tolist() == [0, 2, 4]
    assert epochs[1].train.loss == pytest.approx((2 * losses[2] + losses[3]) / 3)
    assert epochs[1].test.loss == run.history.tests.column("loss")[2]


def test_its_losses_are_those_of_the_trainer() -> None:
    run = HeadlessRun(tiny_config(), DATA, "run")
    list(run.epochs())
    trainer = Trainer(tiny_config(), DATA, "run")
    expected = losses_of([trainer.step() for _ in range(6)])
    assert np.array_equal(run.history.steps.rows(), expected)


def test_a_run_that_ends_within_an_epoch_is_tested_at_its_end() -> None:
    run = HeadlessRun(tiny_config(epochs=1, min_steps=4), DATA, "run")
    assert [(epoch.number, epoch.test.step) for epoch in run.epochs()] == [(1, 3), (2, 4)]


def test_a_run_that_is_interrupted_goes_on_as_if_it_had_not_been() -> None:
    whole = HeadlessRun(tiny_config(), DATA, "run")
    list(whole.epochs())
    allowed = iter([True] * 4)
    first = HeadlessRun(tiny_config(), DATA, "run")
    list(first.epochs(go_on=lambda: next(allowed, False)))
    kept = first.trainer.checkpoint()
    second = HeadlessRun(tiny_config(), DATA, "run", kept, first.rows())
    list(second.epochs())
    assert first.trainer.steps_done == 4
    assert np.array_equal(second.history.steps.rows(), whole.history.steps.rows())
    tests = second.history.tests.rows()
    at_the_stop = tests[:, 0] == first.trainer.steps_done  # measured once more
    assert at_the_stop.sum() == 1
    assert np.array_equal(tests[~at_the_stop], whole.history.tests.rows())


def test_a_loss_that_is_no_number_ends_the_run_and_the_last_good_state_is_kept() -> None:
    run = HeadlessRun(tiny_config(epochs=50), DATA, "run")
    epochs = run.epochs()
    next(epochs)
    run.set_hyperparameters(None, 1e6)
    with pytest.raises(UserError, match="lower the learning rate"):
        list(epochs)
    assert run.last_good is not None
    weights = run.last_good.snapshot.weights.values()
    assert all(np.isfinite(array).all() for array in weights)
    assert np.isfinite(run.history.steps.rows()).all()


def test_a_finished_run_is_a_file_with_its_curves_and_its_encodings(tmp_path: Path) -> None:
    run = HeadlessRun(tiny_config(), DATA, "run")
    list(run.epochs())
    made = finish(as_workspace("Bars", run.trainer.checkpoint(), run.rows(), DATA))
    kept = through_a_file(made, tmp_path)
    mu, _ = Engine(run.trainer.snapshot()).encode(DATA.test.images)
    assert kept.encodings is not None
    assert kept.history is not None
    assert kept.encodings.mu == pytest.approx(mu, abs=1e-6)
    assert kept.encodings.class_names == DATA.class_names
    assert np.array_equal(kept.history.tests, run.history.tests.rows())


def test_a_run_without_a_window_takes_all_cores_and_records_how_many(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "run.vae"
    done = call(
        "train", "--preset", "s3-mlp", *data, "--epochs", 1, "--device", "cpu", "--out", out
    )
    assert done.code == 0, done.err
    assert load(out).checkpoint.config.train.threads == os.cpu_count()
