"""The seed reaches order and noise, neighbouring draws have nothing in common, and older runs repeat."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.storage.workspace import load
from vae_gui.core.vae.config import ModelConfig, RunConfig
from vae_gui.core.vae.config_json import run_config_from_json, to_json
from vae_gui.core.vae.models.base import load_weights
from vae_gui.core.vae.random_streams import (
    IMPORTANCE_NOISE,
    INPUT_NOISE,
    MIXED,
    NOISE,
    ORDER,
    SHIFTED,
    TEST_NOISE,
    generator_seed,
)
from vae_gui.core.vae.trainer import Trainer

ROOT = Path(__file__).parents[3]
STREAMS = (ORDER, NOISE, TEST_NOISE, INPUT_NOISE, IMPORTANCE_NOISE)
DATA = tiny_data()
ONE_IMAGE = tiny_data(train=1, test=1)  # it has one order


def with_weights_of_seed_0(config: RunConfig, seed: int, data=DATA) -> Trainer:
    """A run with this seed that begins at the weights of the one with seed 0."""
    config = replace(config, train=replace(config.train, seed=0))
    weights = Trainer(config, data, "run").snapshot()
    trainer = Trainer(replace(config, train=replace(config.train, seed=seed)), data, "run")
    load_weights(trainer.model, weights)
    return trainer


def images_seen(trainer: Trainer, steps: int = 1) -> list[bytes]:
    """The images that the encoder gets, in order."""
    seen, encode = [], trainer.model.encode

    def spy(x: torch.Tensor) -> object:
        seen.extend(image.tobytes() for image in (255 * x).round().to(torch.uint8).numpy())
        return encode(x)

    trainer.model.encode = spy
    for _ in range(steps):
        trainer.step()
    return seen


def first_losses(config: RunConfig, seed: int, data=DATA) -> list[float]:
    return with_weights_of_seed_0(config, seed, data).step().losses.tolist()


def test_with_equal_first_weights_another_seed_shows_the_images_in_another_order() -> None:
    first, second = (images_seen(with_weights_of_seed_0(tiny_config(), seed)) for seed in (0, 1))
    assert first != second


def test_with_equal_first_weights_another_seed_draws_other_noise() -> None:
    first, second = (first_losses(tiny_config(), seed, ONE_IMAGE) for seed in (0, 1))
    assert first[1] != second[1]  # the reconstruction, of one image, which has one order
    assert first[2] == second[2]  # the KL needs no noise


def test_with_equal_first_weights_another_seed_puts_other_noise_on_the_images() -> None:
    config = tiny_config("autoencoder-512", input_noise=0.3)  # it draws no noise of its own
    config = replace(config, model=ModelConfig("autoencoder-512", likelihood="squared-error"))
    first, second = (first_losses(config, seed, ONE_IMAGE) for seed in (0, 1))
    assert first != second


def test_with_equal_weights_another_seed_tests_with_other_noise() -> None:
    first, second = (with_weights_of_seed_0(tiny_config(), seed).evaluate() for seed in (0, 1))
    assert first is not None and second is not None
    assert first.reconstruction != second.reconstruction and first.kl == second.kl


def noise(seed: int, stream: int, number: int) -> np.ndarray:
    generator = torch.Generator().manual_seed(generator_seed(MIXED, seed, stream, number))
    return torch.randn(4096, generator=generator).numpy()


@pytest.mark.parametrize("along", ["steps", "seeds", "streams"])
def test_the_noise_of_neighbours_is_uncorrelated(along: str) -> None:
    draws = {
        "steps": [(0, NOISE, step) for step in range(150)],
        "seeds": [(seed, NOISE, 0) for seed in range(150)],
        "streams": [(0, stream, 0) for stream in STREAMS],
    }[along]
    between = np.corrcoef([noise(*draw) for draw in draws])[np.triu_indices(len(draws), 1)]
    assert np.abs(between).max() < 6 / np.sqrt(4096)
    assert abs(between.mean()) < 6 / np.sqrt(4096 * len(between))


def test_every_seed_fits_the_32_bits_that_the_generator_keeps_and_none_is_met_twice() -> None:
    seeds = [
        generator_seed(MIXED, seed, stream, number)
        for seed in (0, 1, 2**31 - 1)
        for stream in STREAMS
        for number in range(200)
    ]
    assert min(seeds) >= 0 and max(seeds) < 2**32
    assert len(set(seeds)) == len(seeds)


def test_a_run_without_a_version_repeats_with_the_random_numbers_of_its_time() -> None:
    values = json.loads(json.dumps(to_json(tiny_config(seed=3))))
    del values["random_streams"]
    trainer = Trainer(run_config_from_json(values), DATA, "run")
    seen = images_seen(trainer, steps=2 * trainer.steps_per_epoch)
    orders = [
        torch.randperm(48, generator=torch.Generator().manual_seed((3 << 32) + 1_000_000_007 + n))
        for n in (0, 1)
    ]
    assert seen == [DATA.train.images[index].tobytes() for index in torch.cat(orders)]


@pytest.mark.parametrize("stream", STREAMS)
def test_the_first_version_seeds_as_it_always_did(stream: int) -> None:
    assert generator_seed(SHIFTED, 5, stream, 77) == (5 << 32) + stream * 1_000_000_007 + 77


def test_the_two_versions_are_two_different_runs() -> None:
    runs = [Trainer(replace(tiny_config(), random_streams=v), DATA, "run") for v in (1, 2)]
    first, second = (trainer.step().losses for trainer in runs)
    assert not torch.equal(first, second)


def test_a_file_of_before_repeats_with_the_random_numbers_of_its_time() -> None:
    checkpoint = load(ROOT / "tests" / "core" / "storage" / "samples" / "version-1.vae").checkpoint
    assert checkpoint.config.random_streams == SHIFTED
