"""Warm-up: imports what training needs before somebody presses Train."""

import logging

from vae_gui.core.support.imports import import_lock

log = logging.getLogger(__name__)


def trains_on_cpu(device: str) -> bool:
    """Whether a run with this setting trains on the CPU; torch is asked where the setting leaves it open.

    Where torch fails to answer it does not, and the run that meets the same error says so.
    """
    if device != "auto":
        return device == "cpu"
    try:
        with import_lock():
            from vae_gui.core.vae.devices import available_devices

            return available_devices()[0] == "cpu"
    except Exception as error:
        log.warning("torch does not say which devices there are", exc_info=error)
        return False


def warm_up_training() -> None:
    """Import what the first training step needs."""
    with import_lock():
        import vae_gui.core.vae.trainer  # noqa: F401

        warm_up_optimizers()


def warm_up_optimizers() -> None:
    """Call this before the first optimizer of a thread.

    It imports some 800 modules, torch._dynamo among them, from within torch and so outside the lock:
    a second thread that did the same met them half imported.
    """
    with import_lock():
        import torch

        from vae_gui.core.vae.optimizers import make_optimizer

        weight = torch.nn.Parameter(torch.zeros(1, device="cpu"))
        optimizer = make_optimizer("adam", [weight])
        torch.autograd.backward(weight.sum())
        optimizer.step()
