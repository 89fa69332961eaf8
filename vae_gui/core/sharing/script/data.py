"""The data sets that a script can read by itself, as source: each defines `train_images` and `test_images`."""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent

IDX = dedent('''
    def read_idx(stem):
        """Images (n, 28, 28) uint8 of one of the four files."""
        (path,) = list(FOLDER.glob(f"{stem}?idx3-ubyte"))
        return np.frombuffer(path.read_bytes(), np.uint8, offset=16).reshape(-1, 28, 28).copy()


    if len(sys.argv) != 2:
        sys.exit("Say which folder has the unpacked files of {title}: train-images-idx3-ubyte and t10k-images-idx3-ubyte.")
    FOLDER = Path(sys.argv[1])
    train_images, test_images = read_idx("train-images"), read_idx("t10k-images")
''').strip()

DIGITS = dedent('''
    def redraw(coarse):
        """A digit (8, 8) in 0..1 enlarged to (28, 28) uint8, its centre of mass in the middle, as MNIST has it."""
        middles = np.arange(8) + 0.5
        mass = float(coarse.sum())
        across = float(coarse.sum(axis=0) @ middles) / mass + 4
        down = float(coarse.sum(axis=1) @ middles) / mass + 4
        half = 28 / 2.4 / 2
        box = (across - half, down - half, across + half, down + half)
        padded = Image.fromarray(np.pad(coarse, 4))
        fine = np.array(padded.resize((28, 28), Image.Resampling.LANCZOS, box=box), np.float32)
        ramp = (fine / fine.max() - 0.22) / (0.7 - 0.22)
        return np.rint(255 * np.clip(ramp, 0, 1)).astype(np.uint8)


    digits = load_digits()
    images = np.stack([redraw(np.asarray(image, np.float32) / 16) for image in digits.images])
    # A fifth of every class is held out, always the same images.
    shuffled = np.random.default_rng(0).permutation(len(images))
    shuffled = shuffled[np.argsort(digits.target[shuffled], kind="stable")]
    held_out = np.zeros(len(images), bool)
    held_out[shuffled[::5]] = True
    train_images, test_images = images[~held_out], images[held_out]
''').strip()


@dataclass(frozen=True, slots=True)
class DataSource:
    """source: the lines. needs: what has to be installed beside numpy and torch. imports: the module that each name
    is from ("" for a module) and its name there. arguments: of the script.
    """

    source: str
    imports: Mapping[str, tuple[str, str]]
    needs: tuple[str, ...] = ()
    arguments: str = ""


def _idx(title: str) -> DataSource:
    return DataSource(
        IDX.replace("{title}", title),
        {"sys": ("", "sys"), "Path": ("pathlib", "Path")},
        arguments=" FOLDER",
    )


DATA_SOURCES = {
    "digits": DataSource(
        DIGITS,
        {"Image": ("PIL", "Image"), "load_digits": ("sklearn.datasets", "load_digits")},
        ("Pillow", "scikit-learn"),
    ),
    "mnist": _idx("MNIST"),
    "fashion-mnist": _idx("Fashion-MNIST"),
    "kmnist": _idx("KMNIST"),
}
