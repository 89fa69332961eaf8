"""What torch raises where memory runs out, or a device fails in whatever way, becomes a sentence with a way out."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

from tests.pretended_device import pretended_device
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.vae.config import TrainConfig
from vae_gui.core.vae.device_errors import DeviceError, device_errors_in_words
from vae_gui.core.vae.run.headless import HeadlessRun
from vae_gui.core.vae.run.loop import TrainingLoop
from vae_gui.core.vae.run.messages import Ended, Message, RunRequest, Started, WaysOut
from vae_gui.core.vae.trainer import Trainer

CONFIG = TrainConfig(batch_size=128)
CUDA_LOST = (
    "CUDA error: device-side assert triggered\n"
    "CUDA kernel errors might be asynchronously reported at some other API call."
)
ON_GPU = "The GPU ran out of memory: train with a smaller batch (64 instead of 128) or on the CPU."
ON_CPU = "The computer ran out of memory: train with a smaller batch (64 instead of 128)."
LOST = "The GPU has stopped working ("
UNFIT = "The GPU cannot train this model ("
# What torch says on CUDA and MPS, and how the sentence about it begins.
MESSAGES: tuple[tuple[type[Exception], str, str], ...] = (
    (torch.OutOfMemoryError, "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has …", ON_GPU),
    (torch.OutOfMemoryError, "HIP out of memory. Tried to allocate 20.00 MiB. GPU 0 has …", ON_GPU),
    (torch.AcceleratorError, "CUDA error: out of memory", ON_GPU),
    (
        RuntimeError,
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        ON_GPU,
    ),
    (RuntimeError, "cuDNN error: CUDNN_STATUS_ALLOC_FAILED", ON_GPU),
    (
        RuntimeError,
        "MPS backend out of memory (MPS allocated: 8.89 GB, other allocations: 172.98 MB, "
        "max allowed: 9.07 GB). Tried to allocate 6.25 MB on private pool.",
        ON_GPU,
    ),
    (RuntimeError, "Invalid buffer size: 40.00 GB", ON_GPU),
    (
        RuntimeError,
        "command buffer exited with error status. The Metal Performance Shaders operations encoded on it may "
        "not have completed. Error: Insufficient Memory (00000008:kIOGPUCommandBufferCallbackErrorOutOfMemory)",
        ON_GPU,
    ),
    (torch.AcceleratorError, CUDA_LOST, LOST),
    (torch.AcceleratorError, "CUDA error: uncorrectable ECC error encountered", LOST),
    (torch.AcceleratorError, "CUDA error: unspecified launch failure", LOST),
    (torch.AcceleratorError, "CUDA error: an illegal memory access was encountered", LOST),
    (torch.AcceleratorError, "CUDA error: the launch timed out and was terminated", LOST),
    (torch.AcceleratorError, "CUDA error: unknown error", LOST),
    (RuntimeError, "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", LOST),
    (
        RuntimeError,
        "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm(…)`",
        LOST,
    ),
    (
        torch.AcceleratorError,
        "CUDA error: no kernel image is available for execution on the device",
        UNFIT,
    ),
    (
        torch.AcceleratorError,
        "CUDA error: all CUDA-capable devices are busy or unavailable",
        UNFIT,
    ),
    (RuntimeError, "CUDA error: invalid device ordinal", UNFIT),
    (
        RuntimeError,
        "The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver …",
        UNFIT,
    ),
    (RuntimeError, "Found no NVIDIA driver on your system. Please check …", UNFIT),
    (RuntimeError, "Unexpected error from cudaGetDeviceCount(). Did you run …", UNFIT),
    (RuntimeError, "Unable to find a valid cuDNN algorithm to run convolution", UNFIT),
    (RuntimeError, "cuDNN error: CUDNN_STATUS_NOT_SUPPORTED", UNFIT),
    (RuntimeError, "GET was unable to find an engine to execute this computation", UNFIT),
    (
        NotImplementedError,
        "The operator 'aten::_linalg_solve_ex.result' is not currently implemented for the MPS device. If …",
        UNFIT,
    ),
    (
        TypeError,
        "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64. "
        "Please use float32 instead.",
        UNFIT,
    ),
    (RuntimeError, "Placeholder storage has not been allocated on MPS device!", UNFIT),
    (RuntimeError, "MPSGaph does not support tensor dims larger than INT_MAX", UNFIT),
    (RuntimeError, "Failed to create Metal library: program_source:1:10: fatal error", UNFIT),
    (RuntimeError, "Adaptive pool MPS: input sizes must be divisible by output sizes.", UNFIT),
    (RuntimeError, "", UNFIT),
)


def said(
    act: Callable[[], object],
    device: str = "cuda",
    config: TrainConfig = CONFIG,
    begun: bool = True,
) -> DeviceError:
    with pytest.raises(DeviceError) as raised, device_errors_in_words(config, device, begun):
        act()
    return raised.value


def raising(error: Exception) -> Callable[[], object]:
    def act(*_: object) -> object:
        raise error

    return act


@pytest.mark.parametrize(("kind", "message", "begins"), MESSAGES)
def test_whatever_a_device_says_there_is_the_cpu(
    kind: type[Exception], message: str, begins: str
) -> None:
    error = kind(message)
    problem = said(raising(error))
    assert str(problem).startswith(begins) and str(problem).endswith(".")
    assert "on the CPU" in str(problem) and problem.cpu and problem.__cause__ is error
    assert problem.smaller_batch == (64 if begins == ON_GPU else 0)
    if begins != ON_GPU:
        assert (message or "RuntimeError")[:20] in str(problem) and "\n" not in str(problem)


def test_a_smaller_batch_is_no_way_out_before_the_run_has_begun() -> None:
    problem = said(raising(torch.OutOfMemoryError("CUDA out of memory.")), begun=False)
    assert str(problem) == "The GPU ran out of memory: train on the CPU."
    assert problem.smaller_batch == 0 and problem.cpu


def test_memory_that_really_runs_out_is_said_in_words() -> None:
    for allocate in (
        lambda: torch.empty(10**15),  # torch 2.14: DefaultCPUAllocator
        lambda: np.empty(10**15),
        raising(
            RuntimeError(
                "[enforce fail at alloc_cpu.cpp:117] data. DefaultCPUAllocator: not enough memory: "
                "you tried to allocate 4000000000 bytes."
            )
        ),
    ):
        problem = said(allocate, "cpu")
        assert str(problem) == ON_CPU and not problem.cpu and problem.smaller_batch == 64
    assert said(raising(MemoryError()), "mps").cpu


def test_a_batch_of_one_image_is_not_made_smaller() -> None:
    one = TrainConfig(batch_size=1)
    memory = torch.OutOfMemoryError("CUDA out of memory.")
    assert str(said(raising(memory), config=one)).endswith("train on the CPU.")
    problem = said(raising(MemoryError()), "cpu", one)
    assert "close other programs" in str(problem) and problem.smaller_batch == 0


def test_other_errors_pass_as_they_are() -> None:
    on_cpu = (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), TypeError("no float"))
    for device, error in (*(("cpu", error) for error in on_cpu), ("cuda", KeyError("beta"))):
        with pytest.raises(type(error)) as raised, device_errors_in_words(CONFIG, device):
            raise error
        assert raised.value is error


def test_a_device_that_cannot_even_be_asked_for_leaves_the_cpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = raising(RuntimeError("Unexpected error from cudaGetDeviceCount()"))
    monkeypatch.setattr(torch.cuda, "is_available", broken)
    told: list[Message] = []
    config = tiny_config(device="cuda")
    TrainingLoop(RunRequest(config, tiny_data(), "run"), math.inf, told.append).run()
    (ended,) = told
    assert isinstance(ended, Ended) and ended.ways_out == WaysOut(0, cpu=True)
    assert "cudaGetDeviceCount" in (ended.error or "")


def test_auto_takes_the_cpu_where_a_card_cannot_even_be_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = raising(RuntimeError("Unexpected error from cudaGetDeviceCount(). Did you run …"))
    monkeypatch.setattr(torch.cuda, "is_available", broken)
    told: list[Message] = []
    config = tiny_config(device="auto")
    TrainingLoop(RunRequest(config, tiny_data(), "run"), math.inf, told.append).run()
    started, ended = told[0], told[-1]
    assert isinstance(started, Started) and started.device == "cpu"
    assert "cudaGetDeviceCount" in started.warning and "CPU" in started.warning
    assert isinstance(ended, Ended) and ended.finished and ended.error is None


@pytest.mark.parametrize("method", ["__init__", "step", "evaluate", "encode", "checkpoint"])
def test_a_run_without_a_window_says_it_wherever_it_happens(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
    monkeypatch.setattr(Trainer, method, raising(error))
    with pretended_device("cuda"), pytest.raises(DeviceError) as raised:
        list(HeadlessRun(tiny_config(device="cuda"), tiny_data(), "run").epochs())
    assert raised.value.smaller_batch == (0 if method == "__init__" else 8)


def test_a_run_without_a_window_keeps_its_last_whole_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    with pretended_device("cuda"):
        run = HeadlessRun(tiny_config(device="cuda"), tiny_data(), "run")
        epochs = run.epochs()
        next(epochs)
        monkeypatch.setattr(Trainer, "step", raising(torch.AcceleratorError(CUDA_LOST)))
        with pytest.raises(DeviceError, match="stopped working"):
            next(epochs)
    assert run.last_good is not None and run.last_good.snapshot.step == 3
