"""Models of Python are on the CPU, whatever default device the caller has set for tensors."""

from collections.abc import Iterator
from contextlib import contextmanager

from vae_gui.core.support.imports import import_lock


@contextmanager
def on_cpu() -> Iterator[None]:
    """Have tensors made on the CPU where nothing else is said; also a decorator. A run chooses its device itself."""
    with import_lock():
        import torch

    with torch.device("cpu"):
        yield
