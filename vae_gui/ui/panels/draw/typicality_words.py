"""Three sentences on whether a drawing is like the test images; each says what it can tell and what it cannot."""

from vae_gui.core.analysis.typicality import Typicality
from vae_gui.ui.panels.draw.numbers import nats
from vae_gui.ui.style.numbers import grouped


def sentences(found: Typicality) -> tuple[str, str, str]:
    """On log p(x), on the reconstruction and on the coverage."""
    return _evidence(found), _reconstruction(found), _coverage(found)


def compared_words(found: Typicality, images: str) -> str:
    """images: what the test images are called."""
    which = "those with the closest amount of ink"
    if found.class_name:
        which = (
            f"those of the class “{found.class_name}”, which most of the nearest encodings have, "
            "with the closest amount of ink"
        )
    count, step = grouped(found.compared), grouped(found.step)
    return f"Compared with {count} of the {images}: {which}. After step {step}."


def _evidence(found: Typicality) -> str:
    sign = "=" if found.exact else "≥"
    text = (
        f"log p(x) {sign} {nats(found.log_evidence)} nats, higher than for {found.percentile:.0f} % of them. "
        "This tells how well the model explains these pixels beside real images with as much ink. It cannot "
        "tell that this is a digit: models give some images of other things more than their own "
        "(Nalisnick et al. 2019)."
    )
    if not found.has_its_like:
        low, high = found.ink_range
        text += (
            f" And none of them is its like: its ink is {found.ink:.0f} pixels, "
            f"theirs {low:.0f} to {high:.0f}."
        )
    return text


def _reconstruction(found: Typicality) -> str:
    return (
        f"Reconstruction error {nats(found.reconstruction_error)} nats, larger than for "
        f"{found.reconstruction_percentile:.0f} % of them. A large one tells that the decoder cannot draw this. "
        "A small one cannot tell that it is a digit: what is simple is often copied well, too."
    )


def _coverage(found: Typicality) -> str:
    return (
        f"log q(z) = {nats(found.log_density)} nats at its μ: {found.level.value}. Off the map tells that hardly "
        "any test image is encoded there. Well inside cannot tell that this is a digit: the encoder has a place "
        "for every image, and that may well be one among the digits."
    )
