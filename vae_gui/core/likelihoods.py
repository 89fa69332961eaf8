"""The names of p(x|z); the mathematics is in `losses`. Reading this registry loads no torch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LikelihoodEntry:
    """scale: losses are comparable within one scale on the same data ("mass", "density" or "error")."""

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
            "Binary cross-entropy. On grey pixels it is no density and cannot reach 0: "
            "45.5 nats are its floor on the MNIST test set.",
            "mass",
        ),
        LikelihoodEntry(
            "gaussian",
            "Gaussian, σ² = ½",
            "Squared error plus a constant (448.73 nats for 28×28 pixels).",
            "density",
        ),
    )
}
