"""Labels: the names and tags that a person gives to runs of a folder, and which were taken out of its table."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, open_checked
from vae_gui.core.support.json_values import fields, flag, text

LABELS = "labels.json"
_LARGEST = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Label:
    """Of one run; empty where nobody gave one. removed: from the table, the file stays."""

    title: str = ""
    tag: str = ""
    removed: bool = False


Labels = Mapping[str, Label]  # by the key of a run


def read_labels(folder: Path) -> Labels:
    """None where there are none yet; raises UserError where they cannot be read."""
    path = folder / LABELS
    if not path.exists():
        return {}
    with open_checked(path, _LARGEST) as file:
        content = file.read()
    try:
        entries = {key: fields(value) for key, value in fields(json.loads(content)).items()}
        return {
            key: Label(text(of["title"]), text(of["tag"]), flag(of["removed"]))
            for key, of in entries.items()
        }
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UserError(
            f"“{path}” is damaged: delete it to go on without names and tags."
        ) from error


def write_labels(labels: Labels, folder: Path) -> None:
    """All or nothing; raises UserError where they cannot be written."""
    content = json.dumps({key: asdict(label) for key, label in labels.items()}, indent=1)
    with atomic_write(folder / LABELS) as file:
        file.write(content.encode())
