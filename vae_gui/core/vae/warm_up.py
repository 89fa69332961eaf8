"""Warm-up: imports what training needs before somebody presses Train."""

from vae_gui.core.support.imports import import_lock


def warm_up_training() -> None:
    """Import what the first training step needs."""
    with import_lock():
        import vae_gui.core.vae.device_choice  # noqa: F401

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
