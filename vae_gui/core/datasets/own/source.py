"""Own images: the folder or file, how it is read, and the name under which runs and workspaces know it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import Setting, validate

PREFIX = "own"
Invert = Literal["auto", "no", "yes"]
INVERT: tuple[Invert, ...] = ("auto", "no", "yes")


@dataclass(frozen=True, slots=True)
class OwnImages:
    """A folder or a file with images, and how they are made into a data set; the same values give the same data."""

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

    def __post_init__(self) -> None:
        validate(self)

    @property
    def title(self) -> str:
        """The name of the folder or the file."""
        return self.path.name or str(self.path)

    @property
    def name(self) -> str:
        """`own:side:invert:seed:path`; the path is last, so that it may hold anything."""
        return f"{PREFIX}:{self.side}:{self.invert}:{self.seed}:{self.path}"

    def is_there(self) -> bool:
        """Whether the path exists on this machine; a network share is not asked, for it may not answer."""
        if str(self.path).startswith(("\\\\", "//")):
            return False
        try:
            return self.path.is_absolute() and self.path.exists()
        except (OSError, ValueError):
            return False


def own_images(name: str) -> OwnImages | None:
    """The source of that name; None if it names no own images."""
    parts = name.split(":", 4)
    if len(parts) != 5 or parts[0] != PREFIX or not parts[4]:
        return None
    try:
        return OwnImages(Path(parts[4]), int(parts[1]), parts[2], int(parts[3]))
    except (UserError, ValueError):
        return None
