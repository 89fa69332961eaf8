"""Whatever a file says of the optimizer, nothing reaches the fused Adam that does not fit its parameter."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.tiny import through_a_file, tiny_config, tiny_data
from vae_gui.core.storage import verified_container as container
from vae_gui.core.storage.workspace import Workspace, load, save
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.resume import check_checkpoint
from vae_gui.core.vae.snapshot import Checkpoint
from vae_gui.core.vae.trainer import Trainer

Change = Callable[[dict[str, np.ndarray]], object]


def checkpoint(architecture: str = "mlp-256") -> Checkpoint:
    trainer = Trainer(tiny_config(architecture, patience=1), tiny_data(), "run")
    trainer.step()
    trainer.evaluate()
    return trainer.checkpoint()


def sealed(path: Path, change: Change) -> Path:
    """A file whose tensors somebody changed, with the right digest."""
    save(Workspace("Run", checkpoint()), path)
    with path.open("rb") as file:
        document, tensors = container.unpack(file)
    change(tensors)
    path.write_bytes(container.pack(document, tensors))
    return path


WEIGHT, MEAN, SQUARE, STEP = (
    "weights/decoder.0.weight",
    "optimizer/exp_avg.0",
    "optimizer/exp_avg_sq.0",
    "optimizer/step.0",
)

WRONG: dict[str, Change] = {
    "a mean of another shape": lambda t: t.update({MEAN: np.zeros(1, np.float32)}),
    "a mean of the turned shape": lambda t: t.update({MEAN: np.ascontiguousarray(t[MEAN].T)}),
    "an empty mean": lambda t: t.update({MEAN: np.zeros((0, 784), np.float32)}),
    "a mean of doubles": lambda t: t.update({MEAN: t[MEAN].astype(np.float64)}),
    "a mean of halves": lambda t: t.update({MEAN: t[MEAN].astype(np.float16)}),
    "a mean of whole numbers": lambda t: t.update({MEAN: t[MEAN].astype(np.int32)}),
    "a mean that is not finite": lambda t: t.update({MEAN: np.full_like(t[MEAN], np.inf)}),
    "negative squares": lambda t: t.update({SQUARE: t[SQUARE] - 1}),
    "many steps": lambda t: t.update({STEP: np.ones(9, np.float32)}),
    "a negative step": lambda t: t.update({STEP: np.array(-1, np.float32)}),
    "no mean": lambda t: t.pop(MEAN),
    "a state of no parameter": lambda t: t.update({"optimizer/exp_avg.99": t[MEAN]}),
    "a state of a negative parameter": lambda t: t.update({"optimizer/exp_avg.-1": t[MEAN]}),
    "a state without a parameter": lambda t: t.update({"optimizer/exp_avg": t[MEAN]}),
    "an unknown state": lambda t: t.update({"optimizer/max_exp_avg_sq.0": t[MEAN]}),
    "a number of 5000 digits": lambda t: t.update({f"optimizer/exp_avg.{'9' * 5000}": t[MEAN]}),
    "a weight of another shape": lambda t: t.update({WEIGHT: t[WEIGHT][:-1]}),
    "a weight of another name": lambda t: t.update({"weights/other": t[WEIGHT]}),
    "a weight of whole numbers": lambda t: t.update({WEIGHT: t[WEIGHT].astype(np.int64)}),
    "a best weight of another shape": lambda t: t.update(
        {WEIGHT.replace("weights", "best"): t[WEIGHT][:1]}
    ),
    "no best weight": lambda t: t.pop(WEIGHT.replace("weights", "best")),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_sealed_file_of_wrong_tensors_is_refused_before_training(
    tmp_path: Path, what: str
) -> None:
    path = sealed(tmp_path / "run.vae", WRONG[what])
    with pytest.raises(UserError):
        check_checkpoint(load(path).checkpoint)
    with pytest.raises(UserError):
        resumed = load(path).checkpoint
        Trainer(resumed.config, tiny_data(), "run", resumed)


@pytest.mark.parametrize("what", [what for what in WRONG if "weight" not in what])
def test_the_trainer_refuses_a_wrong_state_by_itself(what: str) -> None:
    whole = checkpoint()
    tensors = {f"optimizer/{name}": array for name, array in whole.optimizer.items()}
    WRONG[what](tensors)
    state = {name.removeprefix("optimizer/"): array for name, array in tensors.items()}
    with pytest.raises(UserError, match="optimizer's state"):
        Trainer(whole.config, tiny_data(), "run", replace(whole, optimizer=state))


@pytest.mark.parametrize("architecture", MODELS)
def test_every_model_goes_on_from_its_own_file(tmp_path: Path, architecture: str) -> None:
    kept = through_a_file(Workspace("Run", checkpoint(architecture)), tmp_path).checkpoint
    check_checkpoint(kept)
    Trainer(kept.config, tiny_data(), "run", kept).step()


def test_a_file_without_an_optimizer_is_whole() -> None:
    check_checkpoint(replace(checkpoint(), optimizer={}))
