"""Fashion-MNIST: 70 000 pictures of clothes in the format of MNIST (Xiao, Rasul, Vollgraf 2017)."""

from vae_gui.core.datasets.io.mirrored import MirroredSet

ENTRY = MirroredSet(
    name="fashion-mnist",
    title="Fashion-MNIST",
    description="70,000 grey pictures of ten kinds of clothes; 30.9 MB to download.",
    class_in_torchvision="FashionMNIST",
    class_names=(
        "T-shirt",
        "Trousers",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    file_bytes=(26_421_880, 29_515, 4_422_102, 5_148),
).entry()
