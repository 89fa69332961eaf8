"""MNIST: 70 000 handwritten digits (LeCun, Cortes, Burges 1998)."""

from vae_gui.core.datasets.io.mirrored import MirroredSet

ENTRY = MirroredSet(
    name="mnist",
    title="MNIST",
    description="70,000 handwritten digits, the set that the tutorials train on; 11.6 MB to download.",
    class_in_torchvision="MNIST",
    class_names=tuple("0123456789"),
    file_bytes=(9_912_422, 28_881, 1_648_877, 4_542),
    names_of_others=("fashionmnist", "fashion-mnist", "kmnist", "kuzushiji-mnist", "qmnist"),
).entry()
