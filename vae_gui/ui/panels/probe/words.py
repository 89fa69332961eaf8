"""What the probe says of a result: how much it was fitted on, whether it converged, what each classifier read."""

from vae_gui.core.analysis.probe import MAX_ITERATIONS, ProbeResult, Score
from vae_gui.ui.style.numbers import grouped

MU, PIXELS = "μ", "pixels"


def scores_of(result: ProbeResult) -> dict[str, Score | None]:
    """Of both classifiers, by what each reads; None while it is fitted."""
    return {MU: result.mu, PIXELS: result.pixels}


def counts_text(result: ProbeResult, stale: bool) -> str:
    """stale: the weights are not those of the result any more."""
    sentences = [
        f"Fitted on {grouped(result.train_images)} of {grouped(result.train_available)} "
        f"training images, scored on {grouped(result.test_images)} test images, "
        f"at step {grouped(result.step)}."
    ]
    if stale:
        sentences.append("Stale: the weights have moved.")
    for name, score in scores_of(result).items():
        if score is not None and score.converged:
            sentences.append(f"From {name} converged in {score.iterations} iterations.")
        elif score is not None:
            sentences.append(f"From {name} not converged after {MAX_ITERATIONS} iterations.")
    return " ".join(sentences)


def numbers_text(score: Score | None) -> str:
    """How many numbers of an image a classifier reads; empty before it is fitted."""
    if score is None:
        return ""
    return f", {score.features} number{'s' * (score.features != 1)} per image"
