"""Tries whether a model can be trained on a device: a step of a small one and its test, in a process of its own."""

import numpy as np

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.vae.config import ModelConfig, RunConfig, TrainConfig
from vae_gui.core.vae.run.messages import Ended, Message, RunRequest
from vae_gui.core.vae.run.process import ProcessRunner, TrainingProcess


def training_problem(device: str) -> str:
    """Return what keeps it from training; empty where it works."""
    images = np.zeros((4, 8, 8), np.uint8)
    data = ImageData("check", "Check", Split(images, None), Split(images.copy(), None), ())
    train = TrainConfig(batch_size=4, epochs=1, threads=1, device=device)
    request = RunRequest(
        RunConfig("", "check", ModelConfig("mlp-256", side=8), train), data, "check"
    )
    told: list[Message] = []
    try:
        ProcessRunner(TrainingProcess(cards=device != "cpu"), request, 1, told.append).run()
    except OSError as error:
        return str(error)
    ended = told[-1]
    assert isinstance(ended, Ended)
    return "" if ended.finished else ended.error or "the run did not finish"
