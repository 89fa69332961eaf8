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


def devices_in_words() -> str:
    """Say which devices there are, with the name of the card, or why this build of torch uses none."""
    build = f"CUDA {torch.version.cuda}" if torch.version.cuda else "no CUDA"
    if torch.version.hip:
        build = f"ROCm {torch.version.hip}"
    return f"{', '.join(available_devices())}; {_card()}; torch is built for {build}"


def _card() -> str:
    try:
        torch.cuda.init()  # type: ignore[no-untyped-call]  # says why, where there is none
        major, minor = torch.cuda.get_device_capability()
        return f"{torch.cuda.get_device_name()}, compute capability {major}.{minor}"
    except (AssertionError, RuntimeError) as error:  # which of them depends on the build
        reason = str(error).strip().splitlines()[0].split(". ")[0].rstrip(".")
        return f"no card is used: {reason}"


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
