"""`vae-gui export samples`: latent points of the prior, of a class, of an image's posterior, or prototypes."""

import numpy as np
from numpy.typing import NDArray

from vae_gui.cli.endpoints import LatentPointParser, whole
from vae_gui.core.latent import sampling
from vae_gui.core.support.errors import UserError

KINDS = (
    "prior, codes (near the encodings), prototypes (the mean of each class), class:3 or image:12"
)


def sample(
    places: LatentPointParser, what: str | None, count: int, seed: int, spread: sampling.ClassSigma
) -> NDArray[np.floating]:
    """z (count, latent_dim); prototypes are as many as there are classes with images.

    what: of the prior where nothing is said; near the codes of an autoencoder, which has none.
    """
    if seed < 0:
        raise UserError("--seed must be 0 or more.")
    what = what or ("codes" if places.deterministic else "prior")
    kind, _, value = what.partition(":")
    if what == "prior":
        return _prior(places, count, seed)
    if what == "codes":
        return sampling.around_encodings(places.encodings().mu, count, seed)
    if what == "prototypes":
        statistics = places.statistics()
        return np.asarray(statistics.mean_mu[statistics.count > 0])
    if kind == "class":
        label = places.label(value)
        normals = sampling.class_gaussians(places.encodings(), spread)
        assert normals is not None
        return normals.random(label, count, seed)
    if kind == "image":
        encoding = places.encoding(whole(value, what))
        if encoding.logvar is None:
            raise UserError("A plain autoencoder has no posterior: choose class:3 or prototypes.")
        return sampling.posterior(encoding.mu, encoding.logvar, count, seed)[:, 0]
    raise UserError(f"“{what}” cannot be sampled: choose {KINDS}.")


def _prior(places: LatentPointParser, count: int, seed: int) -> NDArray[np.floating]:
    if not places.deterministic:
        return sampling.prior(count, places.latent_dim, seed)
    raise UserError("A plain autoencoder has no prior: choose --of codes, class:3 or prototypes.")
