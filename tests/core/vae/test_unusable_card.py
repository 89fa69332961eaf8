"""Training on the CPU asks no card: one that is full, lost or in use by somebody else alone does no harm."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.conftest import REPOSITORY
from tests.tiny import tiny_config, tiny_data
from tests.waiting import WAIT_SECONDS
from vae_gui.core.paths.geodesic import geodesic
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.run.messages import Ended, Message, RunRequest
from vae_gui.core.vae.run.process import ProcessRunner, TrainingProcess
from vae_gui.core.vae.trainer import Trainer
from vae_gui.core.vae.warm_up import warm_up_optimizers


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What processes that are started from now on note of a card that cannot be used."""
    noted = tmp_path / "noted.txt"
    stub = str(REPOSITORY / "tests" / "unusable_card")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((stub, str(REPOSITORY))))
    monkeypatch.setenv("UNUSABLE_CARD", str(noted))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return noted


def test_the_process_that_trains_sees_no_card(noted: Path) -> None:
    told: list[Message] = []
    request = RunRequest(tiny_config(device="cpu"), tiny_data(), "run")
    ProcessRunner(
        TrainingProcess(cards=not request.on_cpu), request, float("inf"), told.append
    ).run()
    assert isinstance(told[-1], Ended) and told[-1].finished and told[-1].error is None
    assert not noted.exists()


def command_line(tmp_path: Path, device: str) -> subprocess.CompletedProcess[str]:
    images = tmp_path / "images.npy"
    np.save(images, tiny_data().train.images)
    settings = ("--epochs", "1", "--set", "threads=1", "--device", device)
    given = ("--preset", "s3-mlp", "--dataset", images, *settings, "--out", tmp_path / "a.vae")
    return subprocess.run(
        [sys.executable, "-m", "vae_gui", "train", *given],
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )


def test_the_command_line_sees_none_where_it_trains_on_the_cpu(noted: Path, tmp_path: Path) -> None:
    done = command_line(tmp_path, "cpu")
    assert done.returncode == 0 and done.stderr == "" and not noted.exists()


def test_the_self_check_trains_on_each_device_and_names_the_one_that_fails(noted: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vae_gui", "self-check", "--json"],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert "CUDA is not used" in checks["device"]["value"]
    assert checks["training on cpu"]["ok"] and not checks["training on cuda"]["ok"]
    assert "--device cpu" in checks["training on cuda"]["mend"]


def test_a_card_that_is_asked_for_fails_in_words(noted: Path, tmp_path: Path) -> None:
    done = command_line(tmp_path, "cuda")
    assert done.returncode == 2 and done.stderr.startswith("The CUDA device cannot be used (")
    assert "--device cpu" in done.stderr and "asked for" in noted.read_text()


def test_neither_a_run_nor_a_geodesic_in_this_process_needs_the_card(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warm_up_optimizers()

    def fail() -> bool:
        raise RuntimeError("CUDA error: all CUDA-capable devices are busy or unavailable")

    monkeypatch.setattr(torch.cuda, "is_available", fail)
    warm_up_optimizers()
    for optimizer in ("adam", "adamw"):
        trainer = Trainer(tiny_config(optimizer=optimizer), tiny_data(), "run")
        trainer.step()
    finish(geodesic(trainer.snapshot(), np.array([[-1.0, 0], [1, 0]]), 8))
