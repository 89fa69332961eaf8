"""The objective of a script: what one batch costs, by the functions that the trainer uses too."""

from textwrap import dedent

from vae_gui.core.vae import losses
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.loss_terms import only_term

LIKELIHOOD = '''
    def negative_log_of(_likelihood: str) -> NegativeLog:
        """Return -log p(x|z) of an image's pixels, as this run has it."""
        return NAME


    def reconstruction_of(x, z):
        """Return the reconstruction of a batch by its z, a mean over its images."""
        logits = model.decode(z)
        return reconstruction_loss(MODEL.likelihood, logits, x, model.pixel_log_sigma()).mean()
'''
VAE_LOSSES = '''
    def losses(x, seen, stream, number, beta):
        """Return objective, reconstruction and KL of a batch, means in nats per image."""
        mu, logvar = model.encoder(seen).chunk(2, dim=1)
        noise = torch.randn((len(x), MODEL.latent_dim), generator=generator(stream, number))
        reconstruction = reconstruction_of(x, reparameterise(mu, logvar, noise))
        kl = kl_to_prior(mu, logvar).sum(1).mean()
        return reconstruction + beta * kl, reconstruction, kl
'''
AUTOENCODER_LOSSES = '''
    def losses(x, seen):
        """Return the loss of a batch, a mean over its images."""
        return (reconstruction_of(x, model.encoder(seen)),)
'''
EM_LOSSES = '''
    def exact_z(x, grid, number):
        """Return z ~ p(z|x) of each image, and KL(p(z|x) || p(z))."""
        return grid.draw(x, torch.rand((len(x), 3), generator=generator(POSTERIOR, number)))


    def em_losses(x, seen, grid, number):
        """Return the same with z from p(z|x), which the encoder learns to tell."""
        z, kl = exact_z(x, grid, number)
        mu, logvar = model.encoder(seen).chunk(2, dim=1)
        reconstruction = reconstruction_of(x, z)
        return reconstruction + negative_log_q(mu, logvar, z).mean(), reconstruction, kl.mean()


    def e_step():
        """Return p(z|x) of any image, by the decoder as it is now."""
        model.eval()
        grid = finish(posterior_grid(model))
        model.train()
        return grid
'''


def objective_sections(config: RunConfig) -> list[str]:
    """Return the functions that the loop calls."""
    sections = [LIKELIHOOD.replace("NAME", negative_log_name(config.model.likelihood))]
    sections.append(AUTOENCODER_LOSSES if config.model.deterministic else VAE_LOSSES)
    if has_em(config):
        sections.append(EM_LOSSES)
    return [dedent(section).strip() for section in sections]


def negative_log_name(likelihood: str) -> str:
    """Return how a likelihood's function is called in `losses`."""
    function = LIKELIHOODS[likelihood].build().negative_log
    return next(name for name, value in vars(losses).items() if value is function)


def has_em(config: RunConfig) -> bool:
    """Say whether a part of the run is exact EM."""
    return config.train.em_until > 0


def names_of_losses(config: RunConfig) -> tuple[str, ...]:
    """Return what the losses are called where they are printed."""
    term = only_term(config.model)
    return ("loss", "reconstruction", "KL") if term is None else (term,)
