"""Out of memory, or a device that is lost: what torch raises, as a sentence with a way out."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.config import TrainConfig

log = logging.getLogger(__name__)
# torch tells these apart by their words alone: most of them are plain RuntimeErrors.
_NO_MEMORY = (
    "out of memory",  # CUDA and MPS
    "can't allocate memory",  # the CPU
    "not enough memory",  # the CPU of Windows
    "invalid buffer size",  # MPS, beyond the largest buffer there is
    "_status_alloc_failed",  # cuBLAS and cuDNN
)
_LOST = ("cuda error", "cudnn error", "cudnn_status", "cublas_status", "hip error", "mps backend")
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
def device_errors_in_words(config: TrainConfig) -> Iterator[None]:
    """Raise DeviceError in the place of what torch raises; other errors pass."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        problem = _in_words(error, config)
        if problem is None:
            raise
        log.info("the device failed", exc_info=error)
        raise problem from error


def _in_words(error: RuntimeError | MemoryError, config: TrainConfig) -> DeviceError | None:
    text = str(error).lower()
    if isinstance(error, MemoryError) or any(words in text for words in _NO_MEMORY):
        on_cpu = isinstance(error, MemoryError) or _OF_CPU in text
        return _out_of_memory(config.batch_size, on_cpu)
    if any(words in text for words in _LOST):
        return DeviceError(
            "The GPU has stopped working: train on the CPU, or start the program anew to use it again.",
            smaller_batch=0,
            cpu=True,
        )
    return None


def _out_of_memory(batch_size: int, on_cpu: bool) -> DeviceError:
    smaller = batch_size // 2
    ways = [f"with a smaller batch ({smaller} instead of {batch_size})"] if smaller else []
    ways += [] if on_cpu else ["on the CPU"]
    place = "computer" if on_cpu else "GPU"
    way = f"train {' or '.join(ways)}" if ways else "close other programs, or train a smaller model"
    return DeviceError(f"The {place} ran out of memory: {way}.", smaller, cpu=not on_cpu)
