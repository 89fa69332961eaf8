"""The one file format: a workspace in a `.vae` file, verified when it is read."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vae_gui.core import sealed
from vae_gui.core.config import RunConfig, run_config_from_json, to_json
from vae_gui.core.density import AggregatedPosterior
from vae_gui.core.encodings import Encodings
from vae_gui.core.errors import UserError
from vae_gui.core.files import reading, replacing
from vae_gui.core.latent import LatentState, Z
from vae_gui.core.sealed import Arrays, count, fields, items
from vae_gui.core.snapshot import Checkpoint, Snapshot

Scalar = TypeVar("Scalar", bound=np.generic)

SUFFIX = ".vae"
_MOST_FRAMES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class HistoryRows:
    """The curves of a run, rows of (step, loss, reconstruction, kl); steps (n, 4), tests (m, 4) float64."""

    steps: NDArray[np.float64]
    tests: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Workspace:
    """All that a person sees of a run, and all that the run needs to go on.

    checkpoint: its optimizer is empty if the run cannot be resumed.
    """

    title: str
    checkpoint: Checkpoint
    latent: LatentState | None = None
    history: HistoryRows | None = None
    encodings: Encodings | None = None
    density: AggregatedPosterior | None = None


def save(workspace: Workspace, path: Path) -> None:
    """Write the workspace to `path`, all or nothing; raises UserError and leaves the old file."""
    try:
        _check(workspace)
        content = sealed.pack(_document(workspace), _tensors(workspace))
    except ValueError as error:
        raise UserError(f"“{path.name}” was not saved: {error}.") from error
    with replacing(path) as file:
        file.write(content)


def load(path: Path) -> Workspace:
    """Read a workspace; its arrays are read-only. Raises UserError for anything that is not whole."""
    try:
        with reading(path, sealed.LARGEST_FILE) as file:
            document, tensors = sealed.unpack(file)
        workspace = _workspace(fields(document), tensors)
        _check(workspace)
    except sealed.BROKEN as error:
        raise UserError(
            f"“{path.name}” is damaged or not made by VAE explorer: "
            "open another file or an earlier copy of it."
        ) from error
    return workspace


def _document(workspace: Workspace) -> dict[str, object]:
    checkpoint, latent = workspace.checkpoint, workspace.latent
    snapshot, best = checkpoint.snapshot, checkpoint.best
    encodings, density = workspace.encodings, workspace.density
    return {
        "title": workspace.title,
        "run": to_json(checkpoint.config),
        "run_id": snapshot.run_id,
        "step": snapshot.step,
        "best_step": best.step if best else None,
        "best_loss": checkpoint.best_loss if math.isfinite(checkpoint.best_loss) else None,
        "stale_epochs": checkpoint.stale_epochs,
        "latent": asdict(latent) if latent else None,
        "has_history": workspace.history is not None,
        "class_names": encodings.class_names if encodings else None,
        "density_extent": density.extent if density else None,
    }


def _tensors(workspace: Workspace) -> dict[str, NDArray[np.generic]]:
    checkpoint, history = workspace.checkpoint, workspace.history
    encodings, density = workspace.encodings, workspace.density
    groups: dict[str, Mapping[str, NDArray[np.generic] | None]] = {
        "weights": checkpoint.snapshot.weights,
        "best": checkpoint.best.weights if checkpoint.best else {},
        "optimizer": checkpoint.optimizer,
        "history": {"steps": history.steps, "tests": history.tests} if history else {},
        "encodings": {
            "mu": encodings.mu,
            "logvar": encodings.logvar,
            "labels": encodings.labels,
        }
        if encodings
        else {},
        "density": {"log_density": density.log_density} if density else {},
    }
    return {
        f"{group}/{name}": array
        for group, arrays in groups.items()
        for name, array in arrays.items()
        if array is not None
    }


def _workspace(document: dict[str, object], tensors: Arrays) -> Workspace:
    try:
        config = run_config_from_json(fields(document["run"]))
    except UserError as error:
        raise ValueError("the settings of the run cannot be read") from error
    latent, extent = document["latent"], document["density_extent"]
    class_names = document["class_names"]
    return Workspace(
        title=_text(document["title"]),
        checkpoint=_checkpoint(document, config, tensors),
        latent=None if latent is None else _latent(fields(latent)),
        history=_history(tensors) if document["has_history"] is True else None,
        encodings=None if class_names is None else _encodings(items(class_names), tensors),
        density=None if extent is None else _density(items(extent), tensors),
    )


def _checkpoint(document: dict[str, object], config: RunConfig, tensors: Arrays) -> Checkpoint:
    run_id = _text(document["run_id"])
    best_step, best_loss = document["best_step"], document["best_loss"]

    def snapshot(step: object, group: str) -> Snapshot:
        return Snapshot(run_id, count(step), config.model, _group(group, tensors))

    return Checkpoint(
        config=config,
        snapshot=snapshot(document["step"], "weights"),
        optimizer=_group("optimizer", tensors),
        best=None if best_step is None else snapshot(best_step, "best"),
        best_loss=math.inf if best_loss is None else _number(best_loss),
        stale_epochs=count(document["stale_epochs"]),
    )


def _latent(values: dict[str, object]) -> LatentState:
    x_axis, y_axis = (count(axis) for axis in items(values["axes"]))
    return LatentState(
        cursor=_numbers(values["cursor"]),
        a=_numbers(values["a"]),
        b=_numbers(values["b"]),
        axes=(x_axis, y_axis),
        frames=count(values["frames"]),
    )


def _history(tensors: Arrays) -> HistoryRows:
    return HistoryRows(
        _array(tensors["history/steps"], np.float64, 2),
        _array(tensors["history/tests"], np.float64, 2),
    )


def _encodings(class_names: list[object], tensors: Arrays) -> Encodings:
    logvar, labels = tensors.get("encodings/logvar"), tensors.get("encodings/labels")
    return Encodings(
        mu=_array(tensors["encodings/mu"], np.float32, 2),
        logvar=None if logvar is None else _array(logvar, np.float32, 2),
        labels=None if labels is None else _array(labels, np.int16, 1),
        class_names=tuple(_text(name) for name in class_names),
    )


def _density(extent: list[object], tensors: Arrays) -> AggregatedPosterior:
    x0, x1, y0, y1 = (_number(edge) for edge in extent)
    return AggregatedPosterior(
        (x0, x1, y0, y1), _array(tensors["density/log_density"], np.float32, 2)
    )


def _group(name: str, tensors: Arrays) -> dict[str, NDArray[np.generic]]:
    start = f"{name}/"
    return {
        key.removeprefix(start): array for key, array in tensors.items() if key.startswith(start)
    }


def _array(array: NDArray[np.generic], dtype: type[Scalar], dimensions: int) -> NDArray[Scalar]:
    if array.dtype != dtype or array.ndim != dimensions:
        raise ValueError("a table is of the wrong kind")
    return array.astype(dtype, copy=False)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError("not a number")
    return float(value)


def _numbers(values: object) -> Z:
    return tuple(_number(value) for value in items(values))


def _check(workspace: Workspace) -> None:
    """Raise ValueError for what contradicts itself, so that nothing is saved that would not load."""
    checkpoint = workspace.checkpoint
    snapshot, best = checkpoint.snapshot, checkpoint.best
    latent_dim = checkpoint.config.model.latent_dim
    _demand(len(snapshot.weights) > 0, "the model has no weights")
    for other in (snapshot, best or snapshot):
        _demand(other.model == checkpoint.config.model, "the weights are of another model")
        _demand(other.run_id == snapshot.run_id, "the best weights are of another run")
        _demand(_finite(*other.weights.values()), "the weights are not finite")
    _demand(_finite(*checkpoint.optimizer.values()), "the optimizer's state is not finite")
    if workspace.latent is not None:
        _check_latent(workspace.latent, latent_dim)
    if workspace.history is not None:
        for rows in (workspace.history.steps, workspace.history.tests):
            _demand(rows.ndim == 2 and rows.shape[1] == 4, "the curves are not rows of four")
    if workspace.encodings is not None:
        _check_encodings(workspace.encodings, latent_dim)
    if workspace.density is not None:
        _demand(latent_dim == 2, "a density needs two latent dimensions")
        _check_density(workspace.density)


def _check_latent(latent: LatentState, latent_dim: int) -> None:
    points = (latent.cursor, latent.a, latent.b)
    _demand(all(len(z) == latent_dim for z in points), "a point z has another length")
    _demand(all(math.isfinite(value) for z in points for value in z), "a point z is not finite")
    _demand(all(0 <= axis < latent_dim for axis in latent.axes), "there is no such axis")
    _demand(2 <= latent.frames <= _MOST_FRAMES, "the strip has too many frames or too few")


def _check_encodings(encodings: Encodings, latent_dim: int) -> None:
    mu, logvar, labels = encodings.mu, encodings.logvar, encodings.labels
    _demand(mu.ndim == 2 and mu.shape[1] == latent_dim, "the encodings are of another model")
    _demand(logvar is None or logvar.shape == mu.shape, "the encodings do not belong together")
    _demand(_finite(mu) and (logvar is None or _finite(logvar)), "the encodings are not finite")
    if labels is not None:
        _demand(labels.shape == mu.shape[:1], "there is not one label for each encoding")
        named = bool(np.all((labels >= 0) & (labels < len(encodings.class_names))))
        _demand(named, "a label has no name")


def _check_density(density: AggregatedPosterior) -> None:
    x0, x1, y0, y1 = density.extent
    _demand(x0 < x1 and y0 < y1, "the density covers no area")
    _demand(density.log_density.size > 0 and _finite(density.log_density), "the density is broken")


def _finite(*arrays: NDArray[np.generic]) -> bool:
    floats = (array for array in arrays if isinstance(array.dtype.type(), np.floating))
    return all(bool(np.isfinite(array.astype(np.float64)).all()) for array in floats)


def _demand(condition: bool, otherwise: str) -> None:
    if not condition:
        raise ValueError(otherwise)
