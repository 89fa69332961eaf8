"""KMNIST: 70 000 cursive Japanese characters in the format of MNIST (Clanuwat et al. 2018)."""

from vae_gui.core.datasets.io.mirrored import MirroredSet

ENTRY = MirroredSet(
    name="kmnist",
    title="KMNIST",
    description="70,000 handwritten hiragana, ten characters, each in several old forms; 21.2 MB to download.",
    class_in_torchvision="KMNIST",
    class_names=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    file_bytes=(18_165_135, 29_497, 3_041_136, 5_120),
).entry()
