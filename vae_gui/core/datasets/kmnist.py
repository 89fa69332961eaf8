"""KMNIST: 70 000 cursive Japanese characters in the format of MNIST (Clanuwat et al. 2018)."""

from vae_gui.core.datasets.io.mirrored import MirroredSet

SET = MirroredSet(
    name="kmnist",
    title="KMNIST",
    things="handwritten Japanese characters",
    centred=False,
    description="70,000 handwritten hiragana, ten characters, each in several old forms; 21.2 MB to download.",
    folder_name="KMNIST",
    class_names=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    file_bytes=(18_165_135, 29_497, 3_041_136, 5_120),
    sha256=(
        "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
        "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
        "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
        "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
    ),
    mirrors=(
        "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
        "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    ),
)
ENTRY = SET.entry()
