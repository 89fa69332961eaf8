"""The data sets that can be chosen, by name; reading this registry loads neither torch nor scikit-learn."""

from vae_gui.core.datasets import digits, mnist
from vae_gui.core.datasets.base import DatasetEntry

DATASETS: dict[str, DatasetEntry] = {
    digits.ENTRY.name: digits.ENTRY,
    mnist.ENTRY.name: mnist.ENTRY,
}
