"""Whether a model can be trained here: one step of a small one, in a process of its own as the window does it."""

import numpy as np

from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.vae.config import ModelConfig, RunConfig, TrainConfig
from vae_gui.core.vae.run.messages import Ended, Message, RunRequest
from vae_gui.core.vae.run.process import ProcessRunner, TrainingProcess


def training_problem() -> str:
    """What keeps it from training; empty where it works."""
    images = np.zeros((4, 8, 8), np.uint8)
    data = ImageData("check", "Check", Split(images, None), Split(images.copy(), None), ())
    train = TrainConfig(batch_size=4, epochs=1, threads=1, device="cpu")
    request = RunRequest(
        RunConfig("", "check", ModelConfig("mlp-256", side=8), train), data, "check"
    )
    told: list[Message] = []
    try:
        ProcessRunner(TrainingProcess(), request, 1, told.append).run()
    except OSError as error:
        return str(error)
    ended = told[-1]
    assert isinstance(ended, Ended)
    return "" if ended.finished else ended.error or "the run did not finish"
