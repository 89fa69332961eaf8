"""Fashion-MNIST: 70 000 pictures of clothes in the format of MNIST (Xiao, Rasul, Vollgraf 2017)."""

from vae_gui.core.datasets.io.mirrored import MirroredSet

SET = MirroredSet(
    name="fashion-mnist",
    title="Fashion-MNIST",
    things="pieces of clothing",
    centred=False,
    description="70,000 grey pictures of ten kinds of clothes; 30.9 MB to download.",
    folder_name="FashionMNIST",
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
    sha256=(
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
    mirrors=(
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
)
ENTRY = SET.entry()
