"""The best run of a search, which alone is measured on the test images, once."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.storage import workspace as files
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, open_checked
from vae_gui.core.support.json_values import fields, number, text
from vae_gui.core.support.progress import finish
from vae_gui.core.sweeps.folder import SweepFolder
from vae_gui.core.sweeps.rows import DONE

BEST = "best.json"
_MAX_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class Best:
    """name: of the run. chosen_by: −ELBO of the images that it was chosen by. test: −ELBO of the test images."""

    name: str
    chosen_by: float
    test: float


def best_of(folder: SweepFolder, data: ImageData) -> Best | None:
    """The run with the lowest −ELBO, measured on the test images unless that stands in the folder already.

    None where no run was finished. Raises UserError where its file cannot be read.
    """
    rows = [row for row in folder.results.all_rows() if row.status == DONE]
    known = [row for row in rows if row.negative_elbo == row.negative_elbo]
    if not known:
        return None
    row = min(known, key=lambda row: row.negative_elbo)
    path = folder.path / BEST
    found = _read(path)
    if found is None or found.name != row.name:
        from vae_gui.core.vae.evaluation import evaluate

        checkpoint = files.load(folder.path / row.file).checkpoint
        result = finish(evaluate(checkpoint.config, checkpoint.snapshot, data, samples=0))
        assert result.elbo is not None
        found = Best(row.name, row.negative_elbo, -result.elbo)
        with atomic_write(path) as file:
            file.write(json.dumps(asdict(found), indent=1).encode())
    return found


def _read(path: Path) -> Best | None:
    if not path.exists():
        return None
    try:
        with open_checked(path, _MAX_BYTES) as file:
            values = fields(json.load(file))
        return Best(text(values["name"]), number(values["chosen_by"]), number(values["test"]))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise UserError(f"“{path}” is damaged: delete it to measure the best run again.") from error
