"""The errors of a device, as sentences with a way out: out of memory, lost, or unable to train this model."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from vae_gui.core.support.errors import UserError, cause
from vae_gui.core.vae.config import TrainConfig

log = logging.getLogger(__name__)
# torch tells these apart by their words alone: most of them are plain RuntimeErrors.
_NO_MEMORY = (
    "out of memory",  # CUDA, HIP and MPS
    "outofmemory",  # Metal
    "insufficient memory",  # Metal
    "memoryallocation",  # CUDA, by the name of its constant
    "can't allocate memory",  # the CPU
    "not enough memory",  # the CPU of Windows
    "invalid buffer size",  # MPS, beyond the largest buffer there is
    "_alloc_failed",  # cuBLAS, cuDNN and cuFFT
)
# After these nothing more can be done on the device by this process.
_LOST = (
    *("launch failure", "launch timed out", "device-side assert", "illegal memory access"),
    *("illegal instruction", "misaligned address", "hardware stack error", "mapping of buffer"),
    *("ecc error", "unknown error", "is lost", "fallen off the bus", "driver shutting down"),
    *("execution_failed", "internal error", "internal_error", "command buffer"),
)
_OF_CPU = "cpuallocator"


class DeviceError(UserError):
    """A run cannot go on where it is trained. Its ways out:

    smaller_batch: images in a batch that need about half the memory; 0 where that does not help.
    cpu: whether the CPU can take the run over.
    """

    def __init__(self, text: str, smaller_batch: int, cpu: bool) -> None:
        super().__init__(text)
        self.smaller_batch, self.cpu = smaller_batch, cpu


@contextmanager
def device_errors_in_words(config: TrainConfig, device: str, begun: bool = True) -> Iterator[None]:
    """Raise DeviceError in the place of what torch raises because of a device; other errors pass.

    Whatever is raised on another device than the CPU is taken for its fault, as there is the CPU to try.
    device: the kind that the run is trained on. begun: whether it has taken a batch there, which may be too large.
    """
    try:
        yield
    except (
        RuntimeError,
        TypeError,
        MemoryError,
    ) as error:  # NotImplementedError is one of the first
        smaller = config.batch_size // 2 if begun else 0
        problem = _in_words(error, smaller, config.batch_size, device == "cpu")
        if problem is None:
            raise
        log.info("the device failed", exc_info=error)
        raise problem from error


def _in_words(error: Exception, smaller: int, batch_size: int, on_cpu: bool) -> DeviceError | None:
    text = str(error).lower()
    of_computer = isinstance(error, MemoryError) or _OF_CPU in text
    if of_computer or any(words in text for words in _NO_MEMORY):
        ways = [f"with a smaller batch ({smaller} instead of {batch_size})"] if smaller else []
        ways += [] if on_cpu else ["on the CPU"]
        way = (
            f"train {' or '.join(ways)}"
            if ways
            else "close other programs, or train a smaller model"
        )
        place = "computer" if of_computer else "GPU"
        return DeviceError(f"The {place} ran out of memory: {way}.", smaller, cpu=not on_cpu)
    if on_cpu:
        return None
    words, way = "cannot train this model", "train on the CPU"
    if any(sign in text for sign in _LOST):
        words, way = "has stopped working", f"{way}, or start the program anew to use it again"
    return DeviceError(f"The GPU {words} ({cause(error)}): {way}.", 0, cpu=True)
