"""Every recipe trains on CUDA and on MPS, pretended: no step waits, and a run goes on wherever it is taken."""

from dataclasses import replace

import numpy as np
import pytest

from tests.pretended_device import PretendedDevice, pretended_device
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.config import ModelConfig, RunConfig
from vae_gui.core.vae.evaluation import evaluate
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.run.headless import HeadlessRun
from vae_gui.core.vae.run.loop import TrainingLoop
from vae_gui.core.vae.run.messages import Ended, Losses, Message, RunRequest, Started
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.core.vae.timeline import Timeline
from vae_gui.core.vae.trainer import Trainer

KINDS = ("cuda", "mps")
MAX_WAITS = MAX_DOUBLES = 0  # of a step
SMALL = {"batch_size": 16, "epochs": 2, "min_steps": 0, "threads": 1}  # three steps an epoch
DATA, SMALL_DATA = tiny_data(), tiny_data(side=8)


def _of_preset(name: str) -> RunConfig:
    """Without its exact EM, which `EM` has on small images."""
    without = {"em_from": 0.0, "em_until": 0.0, "blend_from": 1.0}
    train = replace(PRESETS[name].train, **SMALL, **without)
    return RunConfig(name, "digits", PRESETS[name].model, train)


def _of_likelihood(name: str, **train: object) -> RunConfig:
    architecture = "autoencoder-512" if LIKELIHOODS[name].scale == "error" else "mlp-256"
    model = ModelConfig(architecture, likelihood=name, side=8)
    return replace(tiny_config(**train), model=model)


EM = {
    "em_from": 0.0,
    "em_until": 0.5,
    "blend_from": 0.5,
}  # an epoch of exact EM, and one of the blend
CONFIGS: dict[str, RunConfig] = {
    **{name: _of_preset(name) for name in PRESETS},
    **{name: _of_likelihood(name, input_noise=0.2, patience=2) for name in LIKELIHOODS},
    **{
        f"exact EM, {name}": _of_likelihood(name, **EM)
        for name, entry in LIKELIHOODS.items()
        if entry.affine and entry.scale != "error"
    },
    "bfloat16": tiny_config(side=8, precision="bfloat16", optimizer="adamw"),
    "deep-conv": tiny_config("deep-conv", side=8, precision="bfloat16"),
}


def on(device: str, config: RunConfig) -> RunConfig:
    return replace(config, train=replace(config.train, device=device))


def begun(config: RunConfig, device: str, resume: Checkpoint | None = None) -> Trainer:
    data = SMALL_DATA if config.model.side == 8 else DATA
    return Trainer(on(device, config), data, "run", resume)


def next_losses(trainer: Trainer) -> list[float]:
    losses: list[float] = trainer.step().losses.tolist()
    return losses


def check_a_step(trainer: Trainer, device: PretendedDevice) -> None:
    waits, doubles, kernels = device.waits, device.doubles, device.kernels
    trainer.step()
    assert device.waits - waits <= MAX_WAITS and device.doubles - doubles <= MAX_DOUBLES
    assert device.kernels > kernels


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CONFIGS)
def test_a_run_trains_tests_and_goes_on_anywhere(name: str, kind: str) -> None:
    with pretended_device(kind) as device:
        trainer = begun(CONFIGS[name], kind)
        trainer.step()  # it takes the order of the epoch along
        check_a_step(trainer, device)
        assert trainer.evaluate() is not None
        trainer.twin().encode(SMALL_DATA.test if name not in PRESETS else DATA.test, ())
        kept = trainer.checkpoint()
        expected = next_losses(trainer)
        assert next_losses(begun(CONFIGS[name], kind, kept)) == expected
        of_cpu = begun(CONFIGS[name], "cpu", kept)
        assert np.isfinite(next_losses(of_cpu)).all()
        back = begun(CONFIGS[name], kind, of_cpu.checkpoint())
        assert np.isfinite(next_losses(back)).all()
        check_a_step(back, device)
        back.keep_best()
        assert device.doubles == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_test_of_a_run_there_is_what_evaluate_finds_on_the_cpu(kind: str) -> None:
    config = CONFIGS["bernoulli"]
    with pretended_device(kind):
        trainer = begun(config, kind)
        trainer.step()
        own, snapshot = trainer.evaluate(), trainer.snapshot()
    assert own is not None
    found = finish(evaluate(config, snapshot, SMALL_DATA, samples=0))
    assert found.reconstruction == pytest.approx(own.reconstruction, rel=1e-6)
    assert found.kl == pytest.approx(own.kl, rel=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_loop_of_the_window_trains_there_to_the_end(kind: str) -> None:
    told: list[Message] = []
    with pretended_device(kind):
        config = on(kind, CONFIGS["exact EM, bernoulli"])
        TrainingLoop(RunRequest(config, SMALL_DATA, "run"), float("inf"), told.append).run()
    ended = told[-1]
    assert isinstance(ended, Ended) and ended.finished and ended.error is None
    assert {message.device for message in told if isinstance(message, Started)} == {kind}
    assert any(message.of_posterior for message in told if isinstance(message, Losses))


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_without_a_window_trains_there_to_the_end(kind: str) -> None:
    with pretended_device(kind):
        config = on(kind, CONFIGS["gaussian-learned"])
        run = HeadlessRun(config, SMALL_DATA, "run", timeline=Timeline(8))
        assert len(list(run.epochs())) == 2
    assert len(run.history.tests) == 3
