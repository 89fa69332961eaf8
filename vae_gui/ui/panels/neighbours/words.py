"""The neighbours in words: how many encodings are near, and what is missing."""

import math

from vae_gui.core.latent.neighbours import NearestEncodings
from vae_gui.ui.style.numbers import grouped, hundredths

NO_IMAGES = "Neighbours are searched among the training images, and they are not in memory."
PREPARING = "Preparing the training images…"
TRAINING = "While a model learns its encodings change: pause it for the neighbours in z."
ENTRY = "Neighbours in z are known for the newest weights alone: drag the timeline to its end."
ENCODING = "Encoding the training images for the neighbours in z…"


def support_words(found: NearestEncodings, images: str, latent_dim: int, prior: bool) -> str:
    """images: such as “60 000 training images”. prior: whether the model has one."""
    measure = "one σ of the prior" if prior else "a distance of 1"
    count = f"{grouped(found.within)} of {images}"
    text = f"{count} are encoded within {measure} of this point (|z − μ| ≤ 1)"
    if found.sigma is not None:
        text += f"; σ of their q(z|x) is {hundredths(found.sigma)} on average"
    text += "."
    if prior and latent_dim > 2:
        text += (
            f" In {latent_dim} dimensions two draws of the prior are about √(2·{latent_dim}) = "
            f"{math.sqrt(2 * latent_dim):.1f} apart: few are that near anywhere."
        )
    return text
