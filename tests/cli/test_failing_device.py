"""A device that fails leaves the last whole epoch, and the line that goes on from it on the CPU."""

from pathlib import Path

import pytest
import torch

from tests.cli.conftest import SMALL, Call
from tests.pretended_device import pretended_device
from vae_gui.cli.parser import BAD_INPUT
from vae_gui.core.storage.workspace import load
from vae_gui.core.vae.trainer import Trainer

LOST = "CUDA error: unspecified launch failure"
ON_GPU = (*SMALL[:-1], "cuda")


def fail_after(steps: int, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    take = Trainer.step

    def step(trainer: Trainer) -> object:
        if trainer.steps_done == steps and trainer.device.type != "cpu":
            raise error
        return take(trainer)

    monkeypatch.setattr(Trainer, "step", step)


@pytest.mark.parametrize("error", [torch.AcceleratorError(LOST), TypeError("no float64")])
def test_the_last_whole_epoch_is_kept_and_goes_on_on_the_cpu(
    call: Call,
    data: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    fail_after(3, error, monkeypatch)
    out = tmp_path / "run.vae"
    with pretended_device("cuda"):
        done = call("train", "--preset", "s3-mlp", *data, *ON_GPU, "--out", out)
    assert done.code == BAD_INPUT and "learning_rate" not in done.err
    assert done.err.rstrip().endswith(f"go on from there with --resume {out} --device cpu.")
    assert load(out).checkpoint.snapshot.step == 2
    done = call("train", "--resume", out, *data[2:], "--device", "cpu", "--out", out)
    assert done.code == 0 and load(out).checkpoint.snapshot.step == 4


@pytest.mark.parametrize("step", [0, 1])
def test_one_that_fails_within_the_first_epoch_names_the_option(
    call: Call, data: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    fail_after(step, torch.AcceleratorError(LOST), monkeypatch)
    with pretended_device("cuda"):
        done = call("train", "--preset", "s3-mlp", *data, *ON_GPU, "--out", tmp_path / "run.vae")
    assert done.code == BAD_INPUT and "--device cpu" in done.err and "(CUDA error" in done.err


def test_an_error_of_the_program_keeps_it_too(
    call: Call, data: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_after(3, KeyError("beta"), monkeypatch)
    out = tmp_path / "run.vae"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pretended_device("cuda"):
        done = call("train", "--preset", "s3-mlp", *data, *ON_GPU, "--out", out)
    assert "has the run as it was after step 2" in done.err and load(out).checkpoint.optimizer
