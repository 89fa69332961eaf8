"""A plain autoencoder on the command line: one loss, a squared error, and ranges of its own."""

import argparse
import re
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import SMALL, Call
from vae_gui.cli.endpoints import LatentPointParser
from vae_gui.cli.export import Reach
from vae_gui.core.storage.workspace import load
from vae_gui.core.vae.encodings import code_range

NO_NATS = re.compile(r"ELBO|nats|KL", re.IGNORECASE)


def no_data() -> None:
    raise AssertionError("the file holds all that is needed")


@pytest.fixture
def places(autoencoder: Path) -> LatentPointParser:
    return LatentPointParser(load(autoencoder), no_data)


def test_training_says_its_squared_error_and_no_nats(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    train = ("train", "--preset", "s1-ae-mlp", *data, *SMALL, "--out", tmp_path / "ae.vae")
    text = call(*train).out
    assert "squared error" in text and not NO_NATS.search(text)
    for epoch in call(*train, "--json").epochs:
        assert set(epoch["train"]) == set(epoch["test"]) == {"squared_error"}


def test_info_and_evaluate_say_it_too(call: Call, autoencoder: Path, data: tuple[str, ...]) -> None:
    losses = [line for line in call("info", autoencoder).out.splitlines() if "at step" in line]
    assert len(losses) == 2
    for line in losses:
        assert "squared error" in line and not NO_NATS.search(line)
    last = call("info", autoencoder, "--json").json["last_metrics"]["test"]
    assert set(last) == {"step", "squared_error"}
    measured = call("evaluate", autoencoder, *data, "--json").json
    assert measured["squared_error"] == pytest.approx(last["squared_error"], rel=1e-5)
    assert "nats" not in call("evaluate", autoencoder, *data).out


def test_a_traversal_and_a_grid_run_over_its_codes(places: LatentPointParser) -> None:
    options = argparse.Namespace(range=None, percentiles=None)
    for dimension in (0, 1):
        values = Reach(options, places, 9).values(dimension, 0.0)
        low, high = code_range(places.workspace.encodings, dimension)
        np.testing.assert_allclose(values, np.linspace(low, high, 9))


@pytest.mark.parametrize("kind", ["grid", "traversal"])
def test_percentiles_of_a_prior_that_it_has_not_are_refused(
    call: Call, autoencoder: Path, tmp_path: Path, kind: str
) -> None:
    out = ("--out", tmp_path / "a.png")
    done = call("export", kind, autoencoder, "--percentiles", "0.1", "0.9", *out)
    assert done.code == 2 and "no prior" in done.err and "--range" in done.err
    assert call("export", kind, autoencoder, *out).code == 0
    assert call("export", kind, autoencoder, "--range", "-2", "2", *out).code == 0


def test_samples_are_near_its_codes_where_nothing_else_is_asked_for(
    call: Call, autoencoder: Path, places: LatentPointParser, tmp_path: Path
) -> None:
    codes = places.encodings().mu
    z = np.array([places.point(f"random:{seed}") for seed in range(200)])
    np.testing.assert_allclose(z.mean(axis=0), codes.mean(axis=0), atol=0.3 * codes.std())
    assert call("export", "samples", autoencoder, "--out", tmp_path / "a.png").code == 0


def test_its_places_are_the_centres_of_classes(places: LatentPointParser) -> None:
    encodings = places.encodings()
    for name, label in (("a", 0), ("cursor", 3), ("b", 7)):
        centre = np.median(encodings.mu[encodings.labels == label], axis=0)
        assert places.point(name) == pytest.approx(centre, abs=1e-5)
