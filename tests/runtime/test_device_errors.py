"""A run that its device ends says so in words and offers a smaller batch or the CPU."""

from dataclasses import replace

import pytest
import torch

from tests.pretended_device import pretended_device
from tests.runtime.acting import ENDLESS
from tests.runtime.conftest import Collector
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.run import loop
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.context import Context
from vae_gui.runtime.notices import Notice
from vae_gui.runtime.training import Phase

GPU_MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
GPU_LOST = torch.AcceleratorError("CUDA error: unspecified launch failure")
CPU_MEMORY = RuntimeError(
    "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."
)
AFTER = 5  # steps
ON_GPU = replace(ENDLESS, train=replace(ENDLESS.train, device="cuda"))


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine has one, for the thread that trains."""
    train = loop.TrainingLoop.run

    def train_there(training: loop.TrainingLoop) -> None:
        with pretended_device("cuda"):
            train(training)

    monkeypatch.setattr(loop.TrainingLoop, "run", train_there)


def failing_run(
    qtbot, context: Context, monkeypatch, error: Exception, config: RunConfig = ON_GPU
) -> Notice:
    """A run whose device fails after some steps; what the person is told."""
    take = Trainer.step

    def fail(trainer: Trainer) -> object:
        there = trainer.device.type == config.train.device and trainer.config == config
        if there and trainer.steps_done >= AFTER:
            raise type(error)(*error.args)  # one that is kept keeps the run that raised it
        return take(trainer)

    monkeypatch.setattr(Trainer, "step", fail)
    return notice_of(qtbot, context, config)


def notice_of(qtbot, context: Context, config: RunConfig = ON_GPU) -> Notice:
    """What the person is told of a run that ends by itself."""
    told = Collector()
    context.notices.published.connect(told.take)
    with qtbot.waitSignal(context.training.ended):
        context.session.train(config)
    (notice,) = told.values
    assert isinstance(notice, Notice) and context.training.phase is Phase.IDLE
    return notice


def act(qtbot, context: Context, notice: Notice, text: str) -> None:
    """Press a button of the message; returns once that run has taken ten steps."""
    (action,) = (action for action in notice.actions if action.text == text)
    training = context.training
    action.act()
    qtbot.waitUntil(lambda: training.phase is Phase.RUNNING and training.steps_done > 2 * AFTER)
    training.stop()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)


def test_memory_of_the_gpu_offers_the_cpu_and_half_the_batch(
    qtbot, context, monkeypatch, gpu
) -> None:
    notice = failing_run(qtbot, context, monkeypatch, GPU_MEMORY)
    assert notice.text.startswith("The GPU ran out of memory: train with a smaller batch (8 ")
    assert [a.text for a in notice.actions] == ["Train on the CPU", "Train anew with a batch of 8"]
    act(qtbot, context, notice, "Train anew with a batch of 8")
    assert context.training.run.config.train == replace(ON_GPU.train, batch_size=8)
    assert len(context.library.models) == 2


@pytest.mark.parametrize("error", [GPU_MEMORY, GPU_LOST, TypeError("no float64")])
def test_the_cpu_goes_on_from_the_last_good_step(qtbot, context, monkeypatch, gpu, error) -> None:
    monkeypatch.setattr(loop, "SNAPSHOT_SECONDS", -1.0)
    monkeypatch.setattr(loop, "KEEPING_SHARE", 1e9)  # each step is kept
    notice = failing_run(qtbot, context, monkeypatch, error)
    assert f". It is kept as it was after step {AFTER}" in notice.text
    kept = context.library.shown
    assert kept.workspace.checkpoint.optimizer and kept.snapshot.step == AFTER
    act(qtbot, context, notice, "Train on the CPU")
    assert context.library.models == (context.library.shown,)  # the same run
    assert context.library.shown.run_id == kept.run_id
    assert context.training.run.device == "cpu"
    steps = context.library.shown.history.steps.column("step")
    assert steps.tolist() == list(range(1, len(steps) + 1))


def test_a_device_that_fails_at_once_leaves_a_new_run_on_the_cpu(
    qtbot, context, monkeypatch, gpu
) -> None:
    def fail(trainer: Trainer, config, data, run_id, resume, device: str) -> None:
        if device != "cpu":
            raise type(GPU_LOST)(*GPU_LOST.args)
        build(trainer, config, data, run_id, resume, device)

    build = Trainer.__init__
    monkeypatch.setattr(Trainer, "__init__", fail)
    notice = notice_of(qtbot, context)
    assert "stopped working" in notice.text
    act(qtbot, context, notice, "Train on the CPU")


@pytest.mark.parametrize("in_process", [True, False])
def test_a_device_that_cannot_even_be_asked_for_ends_the_run(
    qtbot, context, monkeypatch, in_process
) -> None:
    def fail() -> bool:
        raise RuntimeError("Unexpected error from cudaGetDeviceCount()")

    monkeypatch.setattr(torch.cuda, "is_available", fail)
    monkeypatch.setattr(context.training, "in_process", in_process)
    notice = notice_of(qtbot, context)
    assert notice.text.startswith("The CUDA device ") and "train on the CPU." in notice.text
    assert [action.text for action in notice.actions] == ["Train on the CPU"]


def test_memory_of_the_computer_offers_the_smaller_batch_alone(qtbot, context, monkeypatch) -> None:
    notice = failing_run(qtbot, context, monkeypatch, CPU_MEMORY, ENDLESS)
    assert notice.text.startswith("The computer ran out of memory")
    assert [action.text for action in notice.actions] == ["Train anew with a batch of 8"]
