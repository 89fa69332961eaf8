"""Training: exact repetition, exact resumption, knobs, patience, and what it learns."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.tiny import through_a_file, tiny_config, tiny_data
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.config import (
    HyperparameterChange,
    LiveHyperparameters,
    ModelConfig,
    RunConfig,
)
from vae_gui.core.vae.presets import PRESETS, Preset
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.core.vae.step import losses_of
from vae_gui.core.vae.trainer import Trainer

DATA = tiny_data()
Meddle = Callable[[Trainer], object]


def losses(trainer: Trainer, steps: int, after_each: Meddle = lambda trainer: None) -> np.ndarray:
    taken = []
    for _ in range(steps):
        taken.append(trainer.step())
        after_each(trainer)
    return losses_of(taken)


def run(config: RunConfig, steps: int = 6, meddle: Meddle = lambda trainer: None) -> np.ndarray:
    return losses(Trainer(config, DATA, "run"), steps, meddle)


def evaluate_if_complete(trainer: Trainer) -> None:
    if trainer.epoch_is_complete:
        trainer.evaluate()


def same_weights(a: Trainer, b: Trainer) -> bool:
    first, second = a.snapshot().weights, b.snapshot().weights
    return first.keys() == second.keys() and all(
        np.array_equal(array, second[name]) for name, array in first.items()
    )


def test_the_same_config_gives_the_same_losses_bit_for_bit() -> None:
    config = tiny_config(input_noise=0.1, warmup_epochs=1.0)
    assert np.array_equal(run(config), run(config))


def test_another_seed_gives_other_losses_from_the_first_step_on() -> None:
    first, second = run(tiny_config(seed=1)), run(tiny_config(seed=2))
    assert (first[:, 1] != second[:, 1]).all()


def test_the_largest_seed_trains() -> None:
    assert np.isfinite(run(tiny_config(seed=2**31 - 1))).all()


def test_other_random_numbers_of_the_process_do_not_matter() -> None:
    torch.manual_seed(1)
    first = run(tiny_config("deep-mlp"))
    torch.manual_seed(2)
    second = run(tiny_config("deep-mlp"), meddle=lambda trainer: torch.rand(3))
    assert np.array_equal(first, second)


def test_building_a_trainer_leaves_the_random_numbers_of_the_process_alone() -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    Trainer(tiny_config(), DATA, "run").step()
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("architecture", ["mlp-256", "conv-bn"])
def test_looking_at_a_run_does_not_change_it(architecture: str) -> None:
    def look(trainer: Trainer) -> None:
        trainer.evaluate()
        trainer.evaluate(stopped=lambda: True)
        trainer.snapshot()
        trainer.checkpoint()

    config = tiny_config(architecture)
    assert np.array_equal(run(config), run(config, meddle=look))


def test_the_thread_count_of_the_config_is_used() -> None:
    before = torch.get_num_threads()
    try:
        Trainer(tiny_config(threads=2), DATA, "run")
        assert torch.get_num_threads() == 2
        Trainer(tiny_config(threads=1), DATA, "run")
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_an_epoch_shows_every_image_once_in_another_order_each_time() -> None:
    trainer, seen = Trainer(tiny_config(batch_size=20), DATA, "run"), []
    encode = trainer.model.encode

    def spy(x: torch.Tensor) -> object:
        seen.extend(image.tobytes() for image in (255 * x).round().to(torch.uint8).numpy())
        return encode(x)

    trainer.model.encode = spy
    losses(trainer, 2 * trainer.steps_per_epoch)
    first, second = seen[: len(DATA.train)], seen[len(DATA.train) :]
    wanted = sorted(image.tobytes() for image in DATA.train.images)
    assert sorted(first) == sorted(second) == wanted
    assert first != second


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_resuming_from_a_file_equals_never_having_stopped(preset: Preset, tmp_path: Path) -> None:
    train = replace(preset.train, batch_size=16, epochs=4, min_steps=0, threads=1, device="cpu")
    if not train.em_until:  # which patience does not go with
        train = replace(train, patience=9)
    config = RunConfig(preset.name, "digits", preset.model, train)
    whole, first = Trainer(config, DATA, "run"), Trainer(config, DATA, "run")
    expected = losses(whole, 12, evaluate_if_complete)
    before = losses(first, 6, evaluate_if_complete)
    kept = through_a_file(Workspace("", first.checkpoint()), tmp_path).checkpoint
    second = Trainer(kept.config, DATA, kept.snapshot.run_id, kept)
    after = losses(second, 6, evaluate_if_complete)
    assert np.array_equal(np.concatenate((before, after)), expected)
    assert same_weights(whole, second)
    assert (whole.best_loss, whole.epochs_without_improvement) == (
        second.best_loss,
        second.epochs_without_improvement,
    )
    assert whole.evaluate() == second.evaluate()


def test_resuming_in_the_middle_of_an_epoch_shows_the_images_that_are_left(tmp_path: Path) -> None:
    config = tiny_config(schedule="one-cycle", optimizer="adamw", input_noise=0.2)
    first = Trainer(config, DATA, "run")
    losses(first, 4)
    kept = through_a_file(Workspace("", first.checkpoint()), tmp_path).checkpoint
    after = losses(Trainer(kept.config, DATA, "run", kept), 2)
    assert np.array_equal(after, run(config)[4:])


def test_a_run_with_live_changes_repeats_bit_for_bit_from_its_file(tmp_path: Path) -> None:
    def set_hyperparameters(trainer: Trainer) -> None:
        if trainer.steps_done == 2:
            trainer.set_hyperparameters(replace(trainer.hyperparameters, beta=4.0))
        if trainer.steps_done == 4:
            trainer.set_hyperparameters(replace(trainer.hyperparameters, learning_rate=3e-2))

    played = Trainer(tiny_config(), DATA, "run")
    expected = losses(played, 6, set_hyperparameters)
    kept = through_a_file(Workspace("", played.checkpoint()), tmp_path).checkpoint.config
    assert kept.changes == (
        HyperparameterChange(2, "beta", 4.0),
        HyperparameterChange(4, "learning_rate", 3e-2),
    )
    assert np.array_equal(run(kept), expected)
    assert not np.array_equal(run(tiny_config()), expected)


def test_resuming_after_a_change_goes_on_with_the_changed_knobs(tmp_path: Path) -> None:
    def set_hyperparameters(trainer: Trainer) -> None:
        if trainer.steps_done == 2:
            trainer.set_hyperparameters(LiveHyperparameters(4.0, 3e-2))

    expected = run(tiny_config(), meddle=set_hyperparameters)
    first = Trainer(tiny_config(), DATA, "run")
    losses(first, 3, set_hyperparameters)
    kept = through_a_file(Workspace("", first.checkpoint()), tmp_path).checkpoint
    second = Trainer(kept.config, DATA, "run", kept)
    assert second.hyperparameters == LiveHyperparameters(4.0, 3e-2)
    assert np.array_equal(losses(second, 3), expected[3:])


def test_a_knob_acts_from_the_next_step_on() -> None:
    plain = run(tiny_config())
    turned = run(
        tiny_config(),
        meddle=lambda t: t.set_hyperparameters(
            LiveHyperparameters(9.0, t.hyperparameters.learning_rate)
        ),
    )
    assert np.array_equal(plain[0], turned[0])
    assert turned[1, 1] == pytest.approx(turned[1, 2] + 9 * turned[1, 3], rel=1e-5)


def test_turning_a_knob_to_where_it_is_records_nothing() -> None:
    trainer = Trainer(tiny_config(), DATA, "run")
    assert trainer.set_hyperparameters(trainer.hyperparameters) == ()
    assert trainer.config.changes == ()


def test_a_change_by_hand_ends_the_replay_of_later_ones() -> None:
    config = replace(
        tiny_config(),
        changes=(HyperparameterChange(1, "beta", 2.0), HyperparameterChange(5, "beta", 8.0)),
    )
    trainer = Trainer(config, DATA, "run")
    losses(trainer, 3)
    trainer.set_hyperparameters(replace(trainer.hyperparameters, beta=3.0))
    losses(trainer, 3)
    assert trainer.config.changes == (
        HyperparameterChange(1, "beta", 2.0),
        HyperparameterChange(3, "beta", 3.0),
    )
    assert trainer.hyperparameters.beta == 3.0


def test_the_objective_is_reconstruction_plus_beta_times_kl() -> None:
    rows = run(tiny_config(beta=2.5))
    assert rows[:, 0].tolist() == [1, 2, 3, 4, 5, 6]
    assert rows[:, 1] == pytest.approx(rows[:, 2] + 2.5 * rows[:, 3], rel=1e-5)


def kl_after(config: RunConfig, epochs: int = 15) -> float:
    """Of the test images."""
    trainer = Trainer(replace(config, train=replace(config.train, epochs=epochs)), DATA, "run")
    losses(trainer, trainer.total_steps)
    result = trainer.evaluate()
    assert result is not None
    return result.kl


def test_more_beta_gives_less_kl_after_the_same_steps() -> None:
    kls = [kl_after(tiny_config(beta=beta)) for beta in (1.0, 4.0, 16.0)]
    assert kls[0] > 1.1 * kls[1] > 1.1 * kls[2]


def test_during_the_warm_up_kl_is_hardly_held_back() -> None:
    """With a warm-up that lasts far longer than the run, β stays near zero."""
    warm, cold = kl_after(tiny_config(warmup_epochs=1000.0)), kl_after(tiny_config())
    free = kl_after(tiny_config(beta=0.0))
    assert warm > 1.2 * cold
    assert warm == pytest.approx(free, rel=0.1)


def test_an_evaluation_is_the_mean_over_all_test_images() -> None:
    model = ModelConfig("autoencoder-512", likelihood="squared-error")  # it draws no noise
    config, whole = replace(tiny_config(), model=model), tiny_data(test=1100)

    def evaluate(first: int, last: int) -> float:
        split = replace(whole.test, images=whole.test.images[first:last], labels=None)
        result = Trainer(config, replace(whole, test=split), "run").evaluate()
        assert result is not None
        assert result.loss == pytest.approx(result.reconstruction + result.kl)
        return result.loss

    parts = [evaluate(start, start + 100) for start in range(0, 1100, 100)]
    assert evaluate(0, 1100) == pytest.approx(np.mean(parts), rel=1e-6)


def test_patience_stops_and_goes_back_to_the_best_weights() -> None:
    config = tiny_config(epochs=200, patience=3, learning_rate=0.1, batch_size=48)  # it overshoots
    trainer = Trainer(config, DATA, "run")
    tests, snapshots = [], []
    while not trainer.finished:
        trainer.step()
        if trainer.epoch_is_complete:
            result = trainer.evaluate()
            assert result is not None
            tests.append(result.loss)
            snapshots.append(trainer.snapshot())
    best = int(np.argmin(tests))
    assert trainer.steps_done < trainer.total_steps
    assert len(tests) == best + 1 + 3
    trainer.keep_best()
    kept = trainer.snapshot().weights
    assert all(np.array_equal(kept[n], array) for n, array in snapshots[best].weights.items())
    assert trainer.best_loss == min(tests)
    assert trainer.snapshot().step == snapshots[best].step < trainer.steps_done


def test_a_run_that_patience_ended_goes_on_with_the_weights_of_its_optimizer(
    tmp_path: Path,
) -> None:
    """As if it had had more patience from the start; the file shows the best weights and their step."""
    config = tiny_config(epochs=200, patience=3, learning_rate=0.1, batch_size=48)
    ended = Trainer(config, DATA, "run")
    epoch_by_epoch(ended)
    assert ended.best is not None and ended.best.step < ended.steps_done
    ended.keep_best()
    kept = through_a_file(Workspace("", ended.checkpoint()), tmp_path).checkpoint
    assert (kept.snapshot.step, kept.steps_done) == (ended.best.step, ended.steps_done)
    patient = replace(config, train=replace(config.train, patience=30))
    whole = Trainer(patient, DATA, "run")
    losses(whole, ended.steps_done, evaluate_if_complete)
    second = Trainer(patient, DATA, "run", kept)
    assert second.steps_done == whole.steps_done
    assert losses(second, 6).tolist() == losses(whole, 6).tolist()


def epoch_by_epoch(trainer: Trainer, meddle: Meddle = lambda trainer: None) -> list[float]:
    """Test losses of a run until it ends."""
    found = []
    while not trainer.finished:
        meddle(trainer)
        trainer.step()
        if trainer.epoch_is_complete:
            result = trainer.evaluate()
            assert result is not None
            found.append(result.loss)
    return found


def through(checkpoint: Checkpoint, folder: Path) -> Trainer:
    kept = through_a_file(Workspace("", checkpoint), folder).checkpoint
    return Trainer(kept.config, DATA, "run", kept)


# The objective falls at first and then rises with β until the warm-up ends after epoch 20.
WARMING = tiny_config(epochs=26, warmup_epochs=20.0, beta=100.0, patience=3, learning_rate=1e-2)


def test_patience_waits_for_the_end_of_the_kl_warm_up() -> None:
    trainer = Trainer(WARMING, DATA, "run")
    tests = epoch_by_epoch(trainer)
    warming_up, after = tests[:19], tests[19:]
    assert len(warming_up) - 1 - int(np.argmin(warming_up)) >= 3  # for all of its patience
    assert trainer.best is not None and trainer.best.step >= 20 * trainer.steps_per_epoch
    assert trainer.best_loss == min(after) > min(warming_up)


def raise_beta(trainer: Trainer) -> None:
    if trainer.steps_done == 63:
        trainer.set_hyperparameters(replace(trainer.hyperparameters, beta=100.0))


def test_patience_begins_anew_when_beta_was_turned() -> None:
    config = tiny_config(epochs=26, beta=0.0, patience=3, learning_rate=1e-2)
    trainer = Trainer(config, DATA, "run")
    tests = epoch_by_epoch(trainer, raise_beta)
    before, after = tests[:21], tests[21:]
    assert min(before) < min(after)  # no later epoch could be better than the best before
    assert len(after) > 3
    assert trainer.best is not None and trainer.best.step > 63
    assert trainer.best_loss == min(after)
    assert epoch_by_epoch(Trainer(trainer.config, DATA, "run")) == tests


def test_weights_that_were_best_for_another_beta_are_not_gone_back_to() -> None:
    trainer = Trainer(tiny_config(epochs=22, patience=30), DATA, "run")
    losses(trainer, 63, evaluate_if_complete)
    raise_beta(trainer)
    losses(trainer, 3)
    before = trainer.snapshot()
    assert trainer.best is not None and trainer.best.step <= 63 and trainer.finished
    trainer.keep_best()
    assert all(np.array_equal(a, before.weights[n]) for n, a in trainer.snapshot().weights.items())


def test_a_learning_rate_that_was_turned_leaves_patience_as_it_is() -> None:
    def lower(trainer: Trainer) -> None:
        if trainer.steps_done == 9:
            trainer.set_hyperparameters(replace(trainer.hyperparameters, learning_rate=1e-6))

    trainer = Trainer(tiny_config(epochs=40, patience=2, learning_rate=0.3), DATA, "run")
    losses(trainer, 9, evaluate_if_complete)
    best = trainer.best_loss
    trainer.best_loss = best / 2  # as if an earlier epoch had been far better
    assert len(epoch_by_epoch(trainer, lower)) <= 2
    assert trainer.best_loss == best / 2


@pytest.mark.parametrize("steps", [9, 61, 63, 67])
def test_patience_resumes_from_a_file_as_if_it_had_not_stopped(steps: int, tmp_path: Path) -> None:
    whole, first = Trainer(WARMING, DATA, "run"), Trainer(WARMING, DATA, "run")
    expected = epoch_by_epoch(whole, raise_beta)
    for _ in range(steps):
        raise_beta(first)
        first.step()
        evaluate_if_complete(first)
    second = through(first.checkpoint(), tmp_path)
    assert epoch_by_epoch(second, raise_beta) == expected[steps // 3 :]
    assert (second.best_loss, second.steps_done) == (whole.best_loss, whole.steps_done)


def test_a_run_that_an_older_program_stopped_inside_the_warm_up_goes_on(tmp_path: Path) -> None:
    trainer = Trainer(WARMING, DATA, "run")
    losses(trainer, 12, evaluate_if_complete)
    stopped = replace(
        trainer.checkpoint(),
        best=replace(trainer.snapshot(), step=3),
        best_loss=1.0,
        epochs_without_improvement=3,
    )
    second = through(stopped, tmp_path)
    assert not second.finished
    epoch_by_epoch(second)
    assert second.best_loss > 1.0 and second.best is not None and second.best.step >= 60


def test_without_patience_the_last_weights_stay() -> None:
    trainer = Trainer(tiny_config(), DATA, "run")
    losses(trainer, 6, evaluate_if_complete)
    before = trainer.snapshot()
    trainer.keep_best()
    assert trainer.finished
    assert all(np.array_equal(a, before.weights[n]) for n, a in trainer.snapshot().weights.items())


def test_an_evaluation_that_is_stopped_has_no_result() -> None:
    trainer = Trainer(tiny_config(), DATA, "run")
    assert trainer.evaluate(stopped=lambda: True) is None


def test_images_of_another_size_are_refused_with_a_sentence() -> None:
    with pytest.raises(UserError, match="images of 28 pixels, but Bars has 12"):
        Trainer(tiny_config(), tiny_data(side=12), "run")
    with pytest.raises(UserError, match="choose another preset"):
        Trainer(tiny_config("conv-bn", side=12), tiny_data(side=12), "run")


def test_a_device_that_is_not_there_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(UserError, match="CUDA device is not there: train on the CPU"):
        Trainer(tiny_config(device="cuda"), DATA, "run")


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_every_preset_learns(preset: Preset) -> None:
    train = replace(preset.train, batch_size=16, epochs=8, min_steps=0, threads=1, device="cpu")
    rows = run(RunConfig(preset.name, "digits", preset.model, train), 24)
    assert np.isfinite(rows).all()
    assert rows[-3:, 1].mean() < rows[:3, 1].mean()


def test_recommended_learns_mnist_within_two_hundred_steps(mnist: ImageData) -> None:
    preset = PRESETS["recommended"]
    train = replace(preset.train, epochs=1, min_steps=200, batch_size=256, device="cpu")
    few = replace(mnist.train, images=mnist.train.images[: 200 * 256], labels=None)
    test = replace(mnist.test, images=mnist.test.images[:2000], labels=None)
    config = RunConfig(preset.name, "mnist", preset.model, train)
    trainer = Trainer(config, replace(mnist, train=few, test=test), "run")
    losses(trainer, 200)
    result = trainer.evaluate()
    assert result is not None
    assert result.loss < 165  # 206 nats is what the mean image alone reaches


@pytest.mark.parametrize("architecture", ["mlp-256", "deep-mlp", "deep-conv"])
def test_bfloat16_is_of_the_products_of_training_alone(architecture: str) -> None:
    exact, rough = (
        Trainer(tiny_config(architecture, precision=precision), DATA, "run")
        for precision in ("float32", "bfloat16")
    )
    assert exact.evaluate() == rough.evaluate()
    one, other = (trainer.step().losses.numpy() for trainer in (exact, rough))
    assert not np.array_equal(one, other)
    np.testing.assert_allclose(one[0], other[0], rtol=2e-3)
    for array in rough.snapshot().weights.values():
        assert array.dtype != np.float16 and np.isfinite(array).all()
