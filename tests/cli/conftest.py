"""A tiny data set in the files of MNIST, a model that was trained on it, and a way to call the commands."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.core.datasets.io.idx_files import HYPHENS, encode
from tests.tiny import tiny_data
from vae_gui.cli import main

TRAIN_IMAGES, TEST_IMAGES = 60, 40
# Four steps in two epochs, on one thread.
SMALL = ("--epochs", "2", "--set", "batch_size=32", "--set", "threads=1", "--device", "cpu")


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> object:
        return json.loads(self.out)

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def epochs(self) -> list[dict[str, object]]:
        """Of a training run."""
        return [line for line in self.lines if "epoch" in line]


Call = Callable[..., Outcome]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command in this process; numbers and paths may be given as they are."""

    def run(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Outcome(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    data = tiny_data(TRAIN_IMAGES, TEST_IMAGES)
    arrays = []
    for split in (data.train, data.test):
        arrays += [split.images, (np.arange(len(split)) % 10).astype(np.uint8)]
    for name, array in zip(HYPHENS, arrays, strict=True):
        (folder / name).write_bytes(encode(array))
    return folder


@pytest.fixture(scope="session")
def data(data_dir: Path) -> tuple[str, ...]:
    return "--dataset", "mnist", "--data-dir", str(data_dir)


def train(out: Path, data: tuple[str, ...], *more: str, preset: str = "s3-mlp") -> Path:
    assert main(["train", "--preset", preset, *data, *SMALL, *more, "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory, data: tuple[str, ...]) -> Path:
    return train(tmp_path_factory.mktemp("model") / "small.vae", data)


@pytest.fixture(scope="session")
def autoencoder(tmp_path_factory: pytest.TempPathFactory, data: tuple[str, ...]) -> Path:
    return train(tmp_path_factory.mktemp("ae") / "ae.vae", data, preset="s1-ae-mlp")
