"""The engine that answers requests: one model in eval mode on the CPU, fed by snapshots."""

import numpy as np
import torch
from numpy.typing import NDArray

from vae_gui.core.inference.requests import EngineRequest, Value
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.encodings import FARTHEST, MAX_LOGVAR, FloatArray
from vae_gui.core.vae.losses import mean_image, reconstruction_loss
from vae_gui.core.vae.models.base import load_to_infer, restore
from vae_gui.core.vae.snapshot import Snapshot

NO_ENCODER = "This moment of the run keeps the decoder alone: press Live to encode images."


class Engine:
    """Decodes and encodes with one snapshot at a time. For use by one thread."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._model = restore(snapshot)

    def adopt(self, snapshot: Snapshot) -> None:
        """Answer with these weights from now on."""
        if snapshot.model == self.snapshot.model:
            load_to_infer(self._model, snapshot)
        else:
            self._model = restore(snapshot)
        self.snapshot = snapshot

    @property
    def side(self) -> int:
        """Return the height and width of an image in pixels."""
        return self.snapshot.model.side

    @torch.no_grad()
    def decode(self, z: NDArray[np.float32]) -> NDArray[np.uint8]:
        """z: (n, latent_dim) -> mean images (n, side, side), bright on dark."""
        images: NDArray[np.uint8] = self._means(z).mul_(255).round_().to(torch.uint8).numpy()
        return images

    @torch.no_grad()
    def mean_images(self, z: NDArray[np.float32]) -> FloatArray:
        """The same (n, side, side) float32 in [0, 1], not rounded."""
        return self._means(z).contiguous().numpy()

    def _means(self, z: NDArray[np.float32]) -> torch.Tensor:
        logits = self._model.decode(torch.tensor(z))  # (n, 1, side, side)
        return mean_image(self.snapshot.model.likelihood, logits).squeeze(1)

    @torch.no_grad()
    def encode(self, images: NDArray[np.uint8]) -> tuple[FloatArray, FloatArray | None]:
        """images: (n, side, side) -> mu, logvar: (n, latent_dim); raises UserError without an encoder."""
        if not self.snapshot.has_encoder:
            raise UserError(NO_ENCODER)
        x = torch.tensor(images).unsqueeze(1).float().mul_(1 / 255)  # (n, 1, side, side)
        mu, logvar = self._model.encode(x)
        return _bounded(mu, FARTHEST), None if logvar is None else _bounded(logvar, MAX_LOGVAR)

    @torch.no_grad()
    def negative_log(self, z: NDArray[np.float32], image: NDArray[np.uint8]) -> NDArray[np.float64]:
        """−log p(x|z) of one image (side, side) at each z (n, latent_dim); (n,) nats."""
        logits = self._model.decode(torch.tensor(z))  # (n, 1, side, side)
        x = torch.tensor(image).float().mul_(1 / 255).expand_as(logits)
        likelihood, log_sigma = self.snapshot.model.likelihood, self._model.pixel_log_sigma()
        loss = reconstruction_loss(likelihood, logits, x, log_sigma)
        return loss.numpy().astype(np.float64)

    def squared_error(
        self, z: NDArray[np.float32], pixels: NDArray[np.bool_], wanted: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the squared error at these pixels (side, side) of the mean image, and its gradient.

        wanted: (pixels,), the values in 0..1 that they should have.
        z: (n, latent_dim) -> the sums (n,) and their gradients (n, latent_dim).
        """
        at = torch.tensor(z, requires_grad=True)
        indices = torch.tensor(np.flatnonzero(pixels))
        logits = self._model.decode(at).flatten(1)[:, indices]  # (n, pixels)
        means = mean_image(self.snapshot.model.likelihood, logits)
        errors = (means - torch.tensor(wanted)).square().sum(1)
        (slopes,) = torch.autograd.grad(errors.sum(), at)
        return errors.detach().numpy().astype(np.float64), slopes.numpy().astype(np.float64)


def _bounded(values: torch.Tensor, limit: float) -> FloatArray:
    """Clip the values to ± limit, for the weights of a file may be anything finite; NaN stays NaN."""
    bounded: FloatArray = values.clamp(-limit, limit).numpy()
    return bounded


def answer(snapshot: Snapshot, request: EngineRequest[Value]) -> Value:
    """One answer at once, for jobs, scripts and tests."""
    return finish(request.answer(Engine(snapshot)))
