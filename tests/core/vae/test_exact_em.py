"""Exact EM: z is drawn from the exact posterior, the run resumes in every phase, and it gets sharper."""

from collections.abc import Generator
from dataclasses import replace
from math import inf

import numpy as np
import pytest
import torch

from tests.tiny import through_a_file, tiny_config, tiny_data
from vae_gui.core.analysis.exact_posterior import exact_posterior, likelihood_grid
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.vae import em_phase, likelihoods
from vae_gui.core.vae.config import ModelConfig, TrainConfig
from vae_gui.core.vae.evaluation import evaluate
from vae_gui.core.vae.exact_em import PosteriorGrid, posterior_grid
from vae_gui.core.vae.models.base import VAE, build, restore, take_snapshot
from vae_gui.core.vae.run.loop import TrainingLoop
from vae_gui.core.vae.run.messages import (
    Allow,
    GiveCheckpoint,
    Kept,
    Losses,
    Message,
    RunRequest,
    Stop,
)
from vae_gui.core.vae.schedule import phases
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.core.vae.trainer import Trainer

DATA = tiny_data()
# 120 steps, of which 30 to 90 are exact EM and the last 20 blended.
EM = tiny_config(epochs=40, em_from=0.25, em_until=0.75, blend_from=5 / 6)


def steps(trainer: Trainer, count: int) -> list[list[float]]:
    return [trainer.step().losses.tolist() for _ in range(count)]


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian", "continuous-bernoulli"])
def test_draws_are_of_the_posterior_that_the_quadrature_finds(likelihood: str) -> None:
    config = ModelConfig("mlp-256", likelihood=likelihood)
    snapshot = take_snapshot(build(config, seed=3), "run", 0)
    snapshot = replace(snapshot, weights={n: 2 * array for n, array in snapshot.weights.items()})
    image = DATA.train.images[0]
    exact = finish(exact_posterior(finish(likelihood_grid(snapshot)), image))
    grid = finish(posterior_grid(restore(snapshot)))
    x = torch.tensor(image)[None, None].float() / 255
    count = 4000
    uniform = torch.rand((count, 3), generator=torch.Generator().manual_seed(0))
    z, kl = grid.draw(x.expand(count, -1, -1, -1), uniform)
    error = np.sqrt(np.diag(exact.covariance) / count)
    assert np.all(np.abs(z.mean(0).numpy() - exact.mean) < 5 * error + 0.02)
    assert np.allclose(np.cov(z.numpy().T), exact.covariance, atol=0.05)
    density = np.log(exact.probabilities / exact.sizes**2)
    prior = -0.5 * np.square(exact.centres).sum(1) - np.log(2 * np.pi)
    divergence = float(exact.probabilities @ (density - prior))
    assert kl[0].item() == pytest.approx(divergence, abs=0.05)


def test_a_step_of_it_reports_a_bound_of_the_exact_likelihood_beside_the_encoders_own() -> None:
    """Reconstruction and KL of many draws are little more than −log p(x), which the quadrature knows."""
    trainer = Trainer(replace(EM, train=replace(EM.train, em_from=0.0)), DATA, "run")
    exact = finish(likelihood_grid(trainer.snapshot()))
    expected = -np.mean(
        [finish(exact_posterior(exact, image)).log_evidence for image in DATA.test.images]
    )
    trainer.steps_done = 1  # as if a step of exact EM had left these weights
    evaluation = trainer.evaluate()
    assert evaluation is not None and evaluation.exact is not None
    assert evaluation.exact.reconstruction + evaluation.exact.kl == pytest.approx(expected, abs=0.5)
    fresh = finish(evaluate(EM, trainer.snapshot(), DATA, samples=0))
    assert fresh.elbo is not None
    assert evaluation.reconstruction + evaluation.kl == pytest.approx(-fresh.elbo, rel=1e-6)


def test_a_stop_and_a_save_measure_the_encoders_own_losses_once_more() -> None:
    """In the middle of an epoch of exact EM, of the weights that are saved; an autosave does not wait for that."""
    told: list[Message] = []
    loop = TrainingLoop(RunRequest(EM, DATA, "run"), 50, told.append)
    after = iter((GiveCheckpoint(measure=False), GiveCheckpoint(), Allow(5), Stop()))

    def put(message: Message) -> None:
        told.append(message)
        rests = isinstance(message, Kept) and message.checkpoint.snapshot.step in (50, 55)
        for command in after if rests else ():
            loop.take(command)
            if isinstance(command, Allow):
                break

    loop._put = put
    loop.run()
    kinds = {kind: [m for m in told if isinstance(m, kind)] for kind in (Checkpoint, Losses)}
    looks = [m for m in kinds[Losses] if m.of_test and not m.of_posterior]
    looks = [m for m in looks if m.rows[-1, 0] % 3]  # which are not those of whole epochs
    assert [m.rows[-1, 0] for m in looks] == [50, 55] and len(kinds[Checkpoint]) == 2
    unmeasured, measured = (told.index(m) for m in kinds[Checkpoint])
    assert unmeasured < told.index(looks[-2]) < measured
    for look, checkpoint in ((looks[-2], told[measured]), (looks[-1], told[-1].checkpoint)):
        fresh = finish(evaluate(EM, checkpoint.snapshot, DATA, samples=0))
        found = look.rows[-1, 2:].sum()
        assert found == pytest.approx(fresh.reconstruction + fresh.kl, rel=1e-6)


@pytest.mark.parametrize("at", [10, 30, 55, 89, 90, 100, 105])
def test_a_run_that_was_stopped_in_any_phase_goes_on_as_if_it_had_not(at: int, tmp_path) -> None:
    whole = Trainer(EM, DATA, "run")
    expected = steps(whole, 115)
    first = Trainer(EM, DATA, "run")
    assert steps(first, at) == expected[:at]
    kept: Checkpoint = through_a_file_of(first.checkpoint(), tmp_path)
    assert (kept.e_step is not None) == (at in (55, 89, 105))
    second = Trainer(EM, DATA, "run", kept)
    assert steps(second, 115 - at) == expected[at:]


def through_a_file_of(checkpoint: Checkpoint, tmp_path) -> Checkpoint:
    from vae_gui.core.storage.workspace import Workspace

    return through_a_file(Workspace("EM", checkpoint), tmp_path).checkpoint


def test_its_parts_stay_where_they_are_when_a_run_gets_longer() -> None:
    config = TrainConfig(epochs=10, batch_size=10, em_from=0.2, em_until=0.5, blend_from=0.9)
    parts = phases(config, 100)
    assert (parts.em, parts.blend) == (range(20, 50), range(90, 100))
    for total in (100, 200):
        found = [parts.at(step, total)[0] for step in (0, 20, 50, 89, 90, 99)]
        after = range(50, 90)
        assert found == [range(20), parts.em, after, after, parts.blend, parts.blend]
    assert parts.at(150, 200) == (range(100, 200), 0.4)
    plain = phases(TrainConfig(), 100)
    assert not plain.em and not plain.blend and plain.at(7, 100) == (range(100), 1.0)


def test_its_steps_raise_the_exact_likelihood_of_the_images() -> None:
    """Which z of other images or of another decoder would not."""
    trainer = Trainer(tiny_config(epochs=60, em_from=0.5, em_until=1.0), DATA, "run")

    def exact() -> float:
        grid = finish(likelihood_grid(trainer.snapshot()))
        images = DATA.train.images[:12]
        return float(np.mean([finish(exact_posterior(grid, i)).log_evidence for i in images]))

    steps(trainer, 90)
    before = exact()
    steps(trainer, 90)
    assert exact() > before + 10


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (ModelConfig("mlp-256", latent_dim=3), "two latent dimensions"),
        (ModelConfig("autoencoder-512", likelihood="squared-error"), "plain autoencoder"),
    ],
)
def test_models_that_it_does_not_fit_are_refused(model: ModelConfig, said: str) -> None:
    with pytest.raises(UserError, match=said):
        Trainer(replace(EM, model=model), DATA, "run")


def test_a_likelihood_that_is_not_affine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bent = replace(likelihoods.LIKELIHOODS["bernoulli"], affine=False)
    monkeypatch.setitem(likelihoods.LIKELIHOODS, "bernoulli", bent)
    with pytest.raises(UserError, match="affine in x"):
        Trainer(EM, DATA, "run")


@pytest.mark.parametrize(
    "wrong",
    [{"em_from": 0.5}, {"em_until": 0.5, "patience": 3}, {"em_until": 0.5, "blend_from": 0.4}],
)
def test_settings_that_contradict_each_other_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UserError):
        TrainConfig(**wrong)


def test_an_e_step_that_was_given_up_begins_again() -> None:
    expected = steps(Trainer(EM, DATA, "run"), 60)
    interrupted = Trainer(EM, DATA, "run")
    found = []
    for _ in range(60):
        parts = interrupted.e_step()
        next(parts, None)
        parts.close()
        found += steps(interrupted, 1)
    assert found == expected


def test_stop_does_not_wait_for_an_e_step(monkeypatch: pytest.MonkeyPatch) -> None:
    config, parts, told = replace(EM, train=replace(EM.train, em_from=0.0)), [], []
    loop = TrainingLoop(RunRequest(config, DATA, "run"), inf, told.append)

    def interrupted(model: VAE) -> Generator[None, None, PosteriorGrid]:
        for part in posterior_grid(model):
            parts.append(part)
            loop.take(Stop())
            yield part

    monkeypatch.setattr(em_phase, "posterior_grid", interrupted)
    loop.run()
    assert len(parts) == 1 and told[-1].checkpoint.snapshot.step == 0
