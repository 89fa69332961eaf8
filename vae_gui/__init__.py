"""VAE explorer: train a variational autoencoder and feel its latent space."""

__version__ = "0.1.0"
