"""The equation −ELBO = reconstruction + KL, with the values of one step."""

import numpy as np

from vae_gui.core.vae.held_out import TEST
from vae_gui.core.vae.history import COLUMNS, HistoryRows
from vae_gui.ui.style.numbers import grouped


def loss_equation(
    history: HistoryRows, step: int, term: str | None, em: range, images: str = TEST
) -> str:
    """Return that of the test images as they were last measured by `step`, else of the batch; empty without either.

    term: the one loss of a plain autoencoder, None of a VAE. em: the steps of exact EM, where the sum of a batch
    bounds −log p(x). images: what those that measure the run are called.
    """
    for name, rows in ((images, history.known_tests), ("batch", history.steps)):
        index = int(np.searchsorted(rows[:, 0], step, side="right")) - 1
        if index < 0:
            continue
        values = dict(zip(COLUMNS, rows[index].tolist(), strict=True))
        reconstruction, kl, at = values["reconstruction"], values["kl"], round(values["step"])
        where = name if at == step else f"{name}, step {grouped(at)}"
        if term is not None:
            return f"{term} {reconstruction:.1f} ({where})"
        total = "−log p(x) ≤" if name == "batch" and at - 1 in em else "−ELBO"
        return (
            f"{total} {reconstruction + kl:.1f} = rec {reconstruction:.1f} + KL {kl:.1f} ({where})"
        )
    return ""
