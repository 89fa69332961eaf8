"""The names and units of a run's losses: a VAE has reconstruction and KL, a plain autoencoder one term."""

from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS


def only_term(model: ModelConfig) -> str | None:
    """The one loss of a plain autoencoder, "squared error" or "reconstruction"; None for a VAE."""
    if not model.deterministic:
        return None
    return "squared error" if _is_error(model) else "reconstruction"


def unit(model: ModelConfig) -> str:
    """Return the unit of every loss: nats only where there is a likelihood."""
    return "per image" if _is_error(model) else "nats per image"


def loss_text(model: ModelConfig, loss: float, reconstruction: float, kl: float) -> str:
    """The losses of one step in words, without their unit."""
    term = only_term(model)
    if term is not None:
        return f"{term} {reconstruction:.2f}"
    return f"{loss:.2f} (reconstruction {reconstruction:.2f}, KL {kl:.2f})"


def loss_values(
    model: ModelConfig, loss: float, reconstruction: float, kl: float
) -> dict[str, float]:
    """The same for programs."""
    term = only_term(model)
    if term is not None:
        return {term.replace(" ", "_"): reconstruction}
    return {"loss": loss, "reconstruction": reconstruction, "kl": kl}


def _is_error(model: ModelConfig) -> bool:
    return LIKELIHOODS[model.likelihood].scale == "error"
