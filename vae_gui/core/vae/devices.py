"""The device that trains a model: CUDA, else MPS, else the CPU; and torch's number of threads."""

import torch

from vae_gui.core.support.errors import UserError


def available_devices() -> tuple[str, ...]:
    """The devices of this machine, best first."""
    found = ["cpu"]
    if torch.backends.mps.is_available():
        found.insert(0, "mps")
    if torch.cuda.is_available():
        found.insert(0, "cuda")
    return tuple(found)


def choose_device(wanted: str) -> torch.device:
    """The device of a config; `auto` takes the best one. The CPU is taken without a question to the others."""
    if wanted == "cpu":
        return torch.device(wanted)
    found = available_devices()
    if wanted == "auto":
        return torch.device(found[0])
    if wanted not in found:
        raise UserError(f"This machine has no {wanted.upper()} device: choose auto or cpu.")
    return torch.device(wanted)


def use_threads(count: int) -> None:
    """Set torch's thread count for work on the calling thread.

    torch 2.14 overwrites the count at a thread's first operation, hence the read before the write.
    """
    torch.get_num_threads()
    torch.set_num_threads(count)
