"""Held-out images: a run neither learns from them nor is measured by anything else."""

from dataclasses import replace

import numpy as np

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.support.progress import finish
from vae_gui.core.vae import schedule
from vae_gui.core.vae.evaluation import evaluate
from vae_gui.core.vae.held_out import as_seen_by, measured_on
from vae_gui.core.vae.run.headless import HeadlessRun

DATA = tiny_data()
CONFIG = tiny_config(held_out=0.25)


def test_each_training_image_is_learnt_from_or_held_out() -> None:
    seen = as_seen_by(CONFIG.train, DATA)
    assert (len(seen.train), len(seen.test)) == (36, 12)
    both = np.concatenate((seen.train.images, seen.test.images)).reshape(48, -1)
    assert sorted(map(bytes, both)) == sorted(map(bytes, DATA.train.images.reshape(48, -1)))
    other = as_seen_by(replace(CONFIG.train, seed=8), DATA)
    assert np.array_equal(other.test.images, seen.test.images)  # whatever the seed of the run
    assert as_seen_by(tiny_config().train, DATA) is DATA
    assert (measured_on(CONFIG.train), measured_on(tiny_config().train)) == ("held-out", "test")


def test_a_run_is_that_of_the_smaller_data_set() -> None:
    seen = as_seen_by(CONFIG.train, DATA)
    run, smaller = HeadlessRun(CONFIG, DATA, "a"), HeadlessRun(tiny_config(), seen, "a")
    for _ in (*run.epochs(), *smaller.epochs()):
        pass
    assert run.trainer.steps_per_epoch == schedule.steps_per_epoch(CONFIG.train, 48) == 3
    assert np.array_equal(run.rows().steps, smaller.rows().steps)
    assert np.array_equal(run.rows().tests, smaller.rows().tests)
    fresh = finish(evaluate(CONFIG, run.trainer.snapshot(), seen, samples=0))
    assert np.allclose(run.rows().tests[-1, 2:], (fresh.reconstruction, fresh.kl), rtol=1e-6)
