"""The folder of the files that ship with the app."""

from pathlib import Path

PRETRAINED = "pretrained.vae"


def resources_dir() -> Path:
    """`vae_gui/_resources` in an installed wheel, the repository's `resources` in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "_resources"
    return installed if installed.is_dir() else package.parent / "resources"
