"""MNIST: 70 000 handwritten digits (LeCun, Cortes, Burges 1998)."""

from vae_gui.core.datasets.io.mirrored import MirroredSet

SET = MirroredSet(
    name="mnist",
    title="MNIST",
    things="handwritten digits",
    centred=True,
    description="70,000 handwritten digits, the set that the tutorials train on; 11.6 MB to download.",
    folder_name="MNIST",
    class_names=tuple("0123456789"),
    file_bytes=(9_912_422, 28_881, 1_648_877, 4_542),
    sha256=(
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    ),
    names_of_others=("fashionmnist", "fashion-mnist", "kmnist", "kuzushiji-mnist", "qmnist"),
)
ENTRY = SET.entry()
