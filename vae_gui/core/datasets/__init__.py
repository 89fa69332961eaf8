"""The data sets that can be chosen, by name; reading this registry loads neither torch nor scikit-learn."""

from vae_gui.core.datasets import digits, emnist, fashion_mnist, kmnist, mnist
from vae_gui.core.datasets.base import DatasetEntry
from vae_gui.core.datasets.own.source import own_images, own_reference

DATASETS: dict[str, DatasetEntry] = {
    digits.ENTRY.name: digits.ENTRY,
    mnist.ENTRY.name: mnist.ENTRY,
    fashion_mnist.ENTRY.name: fashion_mnist.ENTRY,
    kmnist.ENTRY.name: kmnist.ENTRY,
    emnist.ENTRY.name: emnist.ENTRY,
}


def title_of(name: str) -> str:
    """Return the title of a data set or of a set of own images; the name itself where it is not known."""
    own = own_images(name) or own_reference(name)
    if own is not None:
        return own.title
    return DATASETS[name].title if name in DATASETS else name


def is_centred(name: str) -> bool:
    """Say whether a drawing for this data set is centred and scaled first, in MNIST's way; one for own images is not."""
    return name in DATASETS and DATASETS[name].centred


def things_of(name: str) -> str:
    """Return a plural noun for what a data set shows; “images” for own images, whose subject is unknown."""
    return DATASETS[name].things if name in DATASETS else "images"
