"""Own images: what a person chose, how it is read, and the names under which runs and workspaces know them.

While the app runs, a name says where the images are. In a file it says what they are: a path would tell a
stranger how this machine is laid out, and that of a stranger would be looked for here.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlencode

from vae_gui.core.support import arguments
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.json_values import writable
from vae_gui.core.support.settings import Setting, validate

PREFIX, PARTS_PREFIX, PORTABLE_PREFIX = "own", "own-parts", "own-images"
_MAX_TITLE_LENGTH = 100
_DIGEST = re.compile("[0-9a-f]{64}|")
Invert = Literal["auto", "no", "yes"]
INVERT: tuple[Invert, ...] = ("auto", "no", "yes")
_PARTS = ("labels", "test", "test_labels")


@dataclass(frozen=True, slots=True)
class OwnImages:
    """A folder or a file with images, and how they are made into a data set; the same values give the same data.

    Attributes:
        path: the folder, or the file.
        side: every image is reduced to a square of so many pixels.
        invert: "yes", "no", or "auto", which inverts a set whose borders are light.
            Models see bright strokes on dark ground.
        seed: which tenth of the images is held out for the test.
        labels: a file with a label for each image, where they do not stand with the images.
        test: a folder or a file with the test images, where they are not to be held out.
        test_labels: the labels of those.
    """

    path: Path
    side: Annotated[
        int,
        Setting(
            "Image side", "Every image is reduced to a square of so many pixels.", 8, 64, "pixels"
        ),
    ] = 28
    invert: Annotated[
        str,
        Setting(
            "Invert",
            "Models see bright strokes on dark ground; auto turns a set over whose borders are light.",
            choices=INVERT,
        ),
    ] = "auto"
    seed: Annotated[
        int, Setting("Seed", "Which tenth of the images is held out for the test.", 0, 2**31 - 1)
    ] = 0
    labels: Path | None = None
    test: Path | None = None
    test_labels: Path | None = None

    def __post_init__(self) -> None:
        for name in ("path", *_PARTS):
            if name == "path" or getattr(self, name) is not None:
                object.__setattr__(self, name, arguments.path(name, getattr(self, name)))
        validate(self)
        if self.test_labels is not None and self.test is None:
            raise UserError("Labels of test images need the test images: name them too.")

    @property
    def title(self) -> str:
        """The name of the folder or the file."""
        return writable(self.path.name or str(self.path))

    @property
    def name(self) -> str:
        """`own:side:invert:seed:path`; the path is last, so that it may hold anything.

        With labels or a test set of their own `own-parts:side:invert:seed:` and the paths as the query of an address.
        """
        settings = f"{self.side}:{self.invert}:{self.seed}"
        others = {name: str(path) for name in _PARTS if (path := getattr(self, name)) is not None}
        if not others:
            return f"{PREFIX}:{settings}:{self.path}"
        return f"{PARTS_PREFIX}:{settings}:{urlencode({'path': str(self.path), **others})}"

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return all files and folders that are named."""
        return tuple(filter(None, (self.path, self.labels, self.test, self.test_labels)))

    def without_folders(self, text: str) -> str:
        """Return a text that says what the files and folders are called, and not where they are."""
        for path in self.paths:
            whole = path.absolute()
            text = text.replace(str(whole), whole.name)
            if whole.parent.name:  # else that is the root, which stands in every path
                text = text.replace(str(whole.parent), "…")
        return text

    def is_there(self) -> bool:
        """Say whether the paths exist on this machine.

        A network share is not asked, for it may not answer: it counts as missing.
        """
        return all(map(_is_there, self.paths))


def _is_there(path: Path) -> bool:
    if str(path).startswith(("\\\\", "//")):
        return False
    try:
        return path.is_absolute() and path.exists()
    except (OSError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class OwnReference:
    """Own images as a file knows them. digest: `ImageData.digest`; "" where only the title is known."""

    title: str
    side: int
    invert: str
    seed: int
    digest: str = ""

    @property
    def name(self) -> str:
        """`own-images:side:invert:seed:digest:title`; the title is last, so that it may hold anything."""
        return f"{PORTABLE_PREFIX}:{self.side}:{self.invert}:{self.seed}:{self.digest}:{self.title}"

    def at(self, path: Path) -> OwnImages:
        """Return these images at a place; raises UserError where the settings are not allowed."""
        return OwnImages(path, self.side, self.invert, self.seed)


def own_reference(name: str) -> OwnReference | None:
    """The images of that name; None if it is the name of anything else."""
    parts = name.split(":", 5)
    if len(parts) != 6 or parts[0] != PORTABLE_PREFIX or not _DIGEST.fullmatch(parts[4]):
        return None
    try:
        reference = OwnReference(parts[5], int(parts[1]), parts[2], int(parts[3]), parts[4])
        reference.at(Path())
    except (UserError, ValueError):
        return None
    return reference


def portable_name(name: str, digest: str = "") -> str:
    """The name of a data set as it goes into a file: without the place where own images are."""
    own = own_images(name)
    if own is None:
        return name
    title = re.split(r"[/\\]", str(own.path))[-1]  # of a path of any system
    return OwnReference(
        writable(title[:_MAX_TITLE_LENGTH]), own.side, own.invert, own.seed, digest
    ).name


def own_images(name: str) -> OwnImages | None:
    """The source of that name; None if it names no own images."""
    parts = name.split(":", 4)
    if len(parts) != 5 or parts[0] not in (PREFIX, PARTS_PREFIX) or not parts[4]:
        return None
    paths = {"path": parts[4]} if parts[0] == PREFIX else _paths(parts[4])
    try:
        return OwnImages(
            Path(paths.pop("path")),
            int(parts[1]),
            parts[2],
            int(parts[3]),
            **{key: Path(path) for key, path in paths.items()},
        )
    except (KeyError, UserError, ValueError):
        return None


def _paths(query: str) -> dict[str, str]:
    """Return the paths in a query, by their keys (`path` and _PARTS); empty where it holds anything else."""
    found = parse_qs(query, max_num_fields=1 + len(_PARTS))
    known = set(found) <= {"path", *_PARTS} and all(len(paths) == 1 for paths in found.values())
    return {key: paths[0] for key, paths in found.items()} if known else {}
