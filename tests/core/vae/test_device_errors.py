"""What torch raises where memory runs out or a device is lost becomes a sentence with a way out."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.vae.config import TrainConfig
from vae_gui.core.vae.device_errors import DeviceError, device_errors_in_words
from vae_gui.core.vae.run.headless import HeadlessRun
from vae_gui.core.vae.trainer import Trainer

CONFIG = TrainConfig(batch_size=128)
CUDA_LOST = (
    "CUDA error: device-side assert triggered\n"
    "CUDA kernel errors might be asynchronously reported at some other API call."
)
ON_GPU = "The GPU ran out of memory: train with a smaller batch (64 instead of 128) or on the CPU."
ON_CPU = "The computer ran out of memory: train with a smaller batch (64 instead of 128)."
LOST = "The GPU has stopped working: train on the CPU, or start the program anew to use it again."
RAISED: dict[str, tuple[Exception, str]] = {
    "CUDA memory": (
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has …"),
        ON_GPU,
    ),
    "CUDA memory, from the driver": (torch.AcceleratorError("CUDA error: out of memory"), ON_GPU),
    "cuBLAS memory": (
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        ON_GPU,
    ),
    "MPS memory": (
        RuntimeError(
            "MPS backend out of memory (MPS allocated: 8.89 GB, other allocations: 172.98 MB, "
            "max allowed: 9.07 GB). Tried to allocate 6.25 MB on private pool."
        ),
        ON_GPU,
    ),
    "MPS buffer": (RuntimeError("Invalid buffer size: 40.00 GB"), ON_GPU),
    "CPU of Windows": (
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:117] data. DefaultCPUAllocator: not enough memory: "
            "you tried to allocate 4000000000 bytes."
        ),
        ON_CPU,
    ),
    "CUDA assert": (torch.AcceleratorError(CUDA_LOST), LOST),
    "CUDA lost": (torch.AcceleratorError("CUDA error: uncorrectable ECC error encountered"), LOST),
    "cuDNN": (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), LOST),
}


def said(act: Callable[[], object], config: TrainConfig = CONFIG) -> DeviceError:
    with pytest.raises(DeviceError) as raised, device_errors_in_words(config):
        act()
    return raised.value


def raising(error: Exception) -> Callable[[], object]:
    def act(*_: object) -> object:
        raise error

    return act


@pytest.mark.parametrize("name", RAISED)
def test_each_kind_of_error_is_said_in_words(name: str) -> None:
    error, words = RAISED[name]
    problem = said(raising(error))
    assert str(problem) == words and problem.__cause__ is error
    assert problem.cpu is (words != ON_CPU)
    assert problem.smaller_batch == (0 if words == LOST else 64)


def test_memory_that_really_runs_out_is_said_in_words() -> None:
    for allocate in (
        lambda: torch.empty(10**15),  # torch 2.14: DefaultCPUAllocator
        lambda: np.empty(10**15),
    ):
        problem = said(allocate)
        assert str(problem) == ON_CPU and not problem.cpu


def test_a_batch_of_one_image_is_not_made_smaller() -> None:
    one = TrainConfig(batch_size=1)
    assert "on the CPU." in str(said(raising(torch.OutOfMemoryError("CUDA out of memory.")), one))
    problem = said(raising(MemoryError()), one)
    assert "close other programs" in str(problem) and problem.smaller_batch == 0


def test_other_errors_pass_as_they_are() -> None:
    for error in (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), KeyError("beta")):
        with pytest.raises(type(error)) as raised, device_errors_in_words(CONFIG):
            raise error
        assert raised.value is error


@pytest.mark.parametrize("method", ["__init__", "step", "evaluate", "encode", "checkpoint"])
def test_a_run_without_a_window_says_it_wherever_it_happens(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
    monkeypatch.setattr(Trainer, method, raising(error))
    with pytest.raises(DeviceError, match="smaller batch \\(8 instead of 16\\)"):
        list(HeadlessRun(tiny_config(), tiny_data(), "run").epochs())


def test_a_run_without_a_window_keeps_its_last_whole_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    run = HeadlessRun(tiny_config(), tiny_data(), "run")
    epochs = run.epochs()
    next(epochs)
    monkeypatch.setattr(Trainer, "step", raising(torch.AcceleratorError(CUDA_LOST)))
    with pytest.raises(DeviceError, match="stopped working"):
        next(epochs)
    assert run.last_good is not None and run.last_good.snapshot.step == 3
