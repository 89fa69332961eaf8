"""One sentence that answers a drawing: what the encoder takes it for, by the test images that it encodes nearby."""

import numpy as np

from vae_gui.core.analysis.image_posterior import ImagePosterior
from vae_gui.core.vae.encodings import Encodings
from vae_gui.ui.panels.draw.on_pad import is_place

NEAR = 15  # encodings that are asked for their class
MIN_SHARE = 0.6  # of them: the share that one class has where the drawing is read as that class
READING = "The encoder is reading this…"
NO_PLACE = "The encoder finds no place for this: the model has diverged."
HERE = "here is its reconstruction."


def answer_words(found: ImagePosterior, encodings: Encodings | None) -> str:
    """Name the class of most encodings near μ, or the two that it lies between; without classes say only that there is one."""
    if not is_place(found):
        return NO_PLACE
    if encodings is None or encodings.labels is None or not len(encodings):
        return f"The encoder has found a place for this: {HERE}"
    distance = ((encodings.mu - found.mu) ** 2).sum(axis=1)
    near = encodings.labels[np.argsort(distance)[:NEAR]]
    count = np.bincount(near, minlength=len(encodings.class_names))
    first, *others = np.argsort(-count, kind="stable").tolist()
    names = encodings.class_names
    if count[first] >= MIN_SHARE * len(near) or not others:
        return f"The encoder reads this as “{names[first]}”: {HERE}"
    return f"The encoder puts this between “{names[first]}” and “{names[others[0]]}”: {HERE}"
