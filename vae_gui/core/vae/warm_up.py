"""Warm-up: imports what training needs before somebody presses Train."""

from vae_gui.core.support.imports import import_lock


def warm_up_training() -> None:
    """Import what the first training step needs: the first optimizer alone imports some 800 modules."""
    with import_lock():
        import torch

        import vae_gui.core.vae.trainer  # noqa: F401

        weight = torch.zeros(1, requires_grad=True)
        optimizer = torch.optim.Adam([weight], fused=True)
        torch.autograd.backward(weight.sum())
        optimizer.step()
