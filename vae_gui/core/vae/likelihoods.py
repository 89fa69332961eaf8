"""The names of p(x|z); the mathematics is in `losses`. Reading this registry loads no torch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LikelihoodEntry:
    """scale: losses compare within one scale, on the same data: "mass", "density" or "error"."""

    name: str
    title: str
    help: str
    scale: str


LIKELIHOODS = {
    entry.name: entry
    for entry in (
        LikelihoodEntry(
            "bernoulli",
            "Bernoulli",
            "Binary cross-entropy. On grey pixels it is no density and cannot reach 0: its floor, "
            "the entropy of the pixels, is 45.5 nats on the MNIST test set. Compares with Bernoulli only.",
            "mass",
        ),
        LikelihoodEntry(
            "continuous-bernoulli",
            "Continuous Bernoulli",
            "The Bernoulli made a density on [0, 1] (Loaiza-Ganem & Cunningham 2019). "
            "Compares with the Gaussians; may be negative.",
            "density",
        ),
        LikelihoodEntry(
            "gaussian",
            "Gaussian, σ² = ½",
            "Squared error plus a constant of 392·log π = 448.7 nats for 28×28 pixels. "
            "Compares with the other densities.",
            "density",
        ),
        LikelihoodEntry(
            "gaussian-learned",
            "Gaussian, learned σ",
            "One σ for all pixels, learned (Rybkin et al. 2021): balances sharpness and KL by itself. "
            "Compares with the other densities; may be negative.",
            "density",
        ),
        LikelihoodEntry(
            "squared-error",
            "Squared error",
            "No likelihood: for the plain autoencoder, which has no ELBO.",
            "error",
        ),
    )
}
