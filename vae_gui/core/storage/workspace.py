"""The one file format: a workspace in a `.vae` file, verified when it is read."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from dataclasses import fields as fields_of
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.analysis.density import AggregatedPosterior
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.own.source import own_reference, portable_name
from vae_gui.core.state.latent import LatentState
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.core.state.ui_state import UIState, unpack_open_panels, unpack_panels
from vae_gui.core.storage import verified_container as sealed
from vae_gui.core.storage.bookmarks import Bookmarks
from vae_gui.core.storage.verified_container import Arrays
from vae_gui.core.storage.workspace_checks import check
from vae_gui.core.storage.workspace_history import history_arrays, unpack_history
from vae_gui.core.storage.workspace_limits import within_limits
from vae_gui.core.storage.workspace_originals import (
    originals_document,
    originals_tensors,
    unpack_originals,
)
from vae_gui.core.storage.workspace_state import (
    pack_bookmarks,
    pack_latent,
    pack_layers,
    unpack_bookmarks,
    unpack_latent,
    unpack_layers,
)
from vae_gui.core.storage.workspace_timeline import (
    timeline_document,
    timeline_tensors,
    unpack_timeline,
)
from vae_gui.core.storage.workspace_values import array_of, group
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, open_checked
from vae_gui.core.support.json_values import count, fields, items, number, require, text
from vae_gui.core.vae.config import KINDS_OF_DEVICE, RunConfig
from vae_gui.core.vae.config_json import ForeignRunError, run_config_from_json, to_json
from vae_gui.core.vae.encodings import ClassStatistics, Encodings
from vae_gui.core.vae.history import HistoryRows, Thinned
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot
from vae_gui.core.vae.timeline import Timeline

SUFFIX = ".vae"
_STATISTICS = tuple(item.name for item in fields_of(ClassStatistics) if item.name != "class_names")


@dataclass(frozen=True, slots=True, eq=False)
class Workspace:
    """All that a person sees of a run, and all that the run needs to go on.

    checkpoint: its optimizer is empty if the run cannot be resumed.
    statistics: of the classes, over more images than `encodings` where the file was made so.
    timeline: at least one entry, where the person wants it in the file.
    originals: a few images of the data set.
    """

    title: str
    checkpoint: Checkpoint
    latent: LatentState | None = None
    history: HistoryRows | None = None
    encodings: Encodings | None = None
    density: AggregatedPosterior | None = None
    statistics: ClassStatistics | None = None
    timeline: Timeline | None = None
    originals: ImageData | None = None
    bookmarks: Bookmarks | None = None
    layers: PadLayers | None = None
    ui_state: UIState = field(default_factory=UIState)

    @property
    def test_row(self) -> NDArray[np.float64] | None:
        """Return the losses (4,) of its weights on the test images; None where they are not known.

        They are measured with z of the encoder's own q(z|x).
        """
        history = self.history
        return None if history is None else history.test_at(self.checkpoint.snapshot.step)


def check_workspace(path: Path) -> None:
    """Raise UserError unless the name ends as one of a workspace."""
    if path.suffix.lower() != SUFFIX:
        raise UserError(f"“{path.name}” is no workspace: its name has to end in {SUFFIX}.")


def save(workspace: Workspace, path: Path) -> None:
    """Write the workspace to `path`, all or nothing; raises UserError and leaves the old file."""
    content = pack(workspace, path.name)
    with atomic_write(path) as file:
        file.write(content)


def load(path: Path) -> Workspace:
    """Read a workspace; its arrays are read-only. Raises UserError for anything that is not whole."""
    with open_checked(path, sealed.MAX_FILE_BYTES) as file:
        return unpack(file, path.name)


def pack(workspace: Workspace, name: str) -> bytes:
    """The content of its file; raises UserError for what `unpack` would refuse. name: of the file, for the sentence."""
    workspace = within_limits(workspace)
    try:
        check(workspace)
        document = _document(workspace)
        json.dumps(document, ensure_ascii=False).encode()  # no half letters, which `text` refuses
        return sealed.pack(document, _tensors(workspace))
    except ValueError as error:
        raise UserError(f"“{name}” was not saved: {error}.") from error


def unpack(file: BinaryIO, name: str) -> Workspace:
    """The inverse of `pack`; raises UserError for anything that is not whole."""
    try:
        document, tensors = sealed.unpack(file)
        workspace = _workspace(fields(document), tensors)
        check(workspace)
    except sealed.BROKEN as error:
        raise UserError(
            f"“{name}” is damaged or not made by VAE explorer: "
            "open another file or an earlier copy of it."
        ) from error
    return _with_means(workspace)


def _with_means(workspace: Workspace) -> Workspace:
    """Return the workspace with the means of its steps, which take a while where there are millions.

    They are made here because files are read beside the window.
    """
    history = workspace.history
    if history is None:
        return workspace
    return replace(workspace, history=replace(history, thinned=Thinned().of(history.steps)))


def _document(workspace: Workspace) -> dict[str, object]:
    checkpoint, latent = workspace.checkpoint, workspace.latent
    config = checkpoint.config
    snapshot, best = checkpoint.snapshot, _other_best(checkpoint)
    encodings, density = workspace.encodings, workspace.density
    document: dict[str, object] = {
        "title": workspace.title,
        "run": to_json(replace(config, dataset=portable_name(config.dataset))),
        "run_id": snapshot.run_id,
        "step": snapshot.step,
        "best_step": best.step if best else None,
        "best_loss": checkpoint.best_loss if math.isfinite(checkpoint.best_loss) else None,
        "stale_epochs": checkpoint.epochs_without_improvement,
        "latent": pack_latent(latent)[0] if latent else None,
        "has_history": workspace.history is not None,
        "class_names": encodings.class_names if encodings else None,
        "density_extent": density.extent if density else None,
    }
    return document | _later_entries(workspace)


def _later_entries(workspace: Workspace) -> dict[str, object]:
    """Files were written before there were these, so the absence of one has to mean: none."""
    statistics, timeline = workspace.statistics, workspace.timeline
    newest, originals = workspace.checkpoint.snapshot, workspace.originals
    bookmarks, layers = workspace.bookmarks, workspace.layers
    ui_state, e_step = workspace.ui_state, workspace.checkpoint.e_step
    last, trained_on = workspace.checkpoint.last, workspace.checkpoint.trained_on
    entries = {
        "last_step": last.step if last else None,
        "e_step": e_step.step if e_step else None,
        "trained_on": trained_on or None,
        "statistics_classes": statistics.class_names if statistics else None,
        "timeline": timeline_document(timeline, newest) if timeline else None,
        "originals": originals_document(originals) if originals else None,
        "bookmarks": pack_bookmarks(bookmarks)[0] if bookmarks is not None else None,
        "layers": pack_layers(layers) if layers else None,
        "open_panels": dict(ui_state.open_panels) or None,
        "panels_in_front": ui_state.in_front or None,
        "choices": ui_state.panels or None,
    }
    return {name: entry for name, entry in entries.items() if entry is not None}


def _tensors(workspace: Workspace) -> dict[str, NDArray[np.generic]]:
    checkpoint, history = workspace.checkpoint, workspace.history
    best, last = _other_best(checkpoint), checkpoint.last
    encodings, density, statistics = workspace.encodings, workspace.density, workspace.statistics
    groups: dict[str, Mapping[str, NDArray[np.generic] | None]] = {
        "weights": checkpoint.snapshot.weights,
        "best": best.weights if best else {},
        "last": last.weights if last else {},
        "e_step": checkpoint.e_step.weights if checkpoint.e_step else {},
        "optimizer": checkpoint.optimizer,
        "history": history_arrays(history),
        "encodings": {
            "mu": encodings.mu,
            "logvar": encodings.logvar,
            "labels": encodings.labels,
        }
        if encodings
        else {},
        "density": {"log_density": density.log_density} if density else {},
        "statistics": {name: getattr(statistics, name) for name in _STATISTICS if statistics},
    }
    tensors = {
        f"{place}/{name}": array
        for place, arrays in groups.items()
        for name, array in arrays.items()
        if array is not None
    }
    return tensors | _memory_tensors(workspace)


def _memory_tensors(workspace: Workspace) -> dict[str, NDArray[np.generic]]:
    latent, timeline, bookmarks = workspace.latent, workspace.timeline, workspace.bookmarks
    tensors = pack_latent(latent)[1] if latent else {}
    if timeline:
        tensors |= timeline_tensors(timeline, workspace.checkpoint.snapshot)
    if workspace.originals is not None:
        tensors |= originals_tensors(workspace.originals)
    if bookmarks is not None:
        tensors |= pack_bookmarks(bookmarks)[1]
    return tensors


def _workspace(document: dict[str, object], tensors: Arrays) -> Workspace:
    try:
        config = run_config_from_json(fields(document["run"]))
    except ForeignRunError:
        raise
    except UserError as error:
        raise ValueError("the settings of the run cannot be read") from error
    latent, extent = document["latent"], document["density_extent"]
    class_names = document["class_names"]
    checkpoint = _checkpoint(document, config, tensors)
    return Workspace(
        title=text(document["title"]),
        checkpoint=checkpoint,
        latent=None if latent is None else unpack_latent(fields(latent), tensors),
        history=unpack_history(config, tensors) if document["has_history"] is True else None,
        encodings=None if class_names is None else _encodings(items(class_names), tensors),
        density=None if extent is None else _density(items(extent), tensors),
        statistics=_statistics(document.get("statistics_classes"), tensors),
        timeline=_timeline(document, checkpoint.snapshot, tensors),
        originals=_originals(document, config.dataset, tensors),
        bookmarks=_bookmarks(document, config.model.latent_dim, tensors),
        layers=unpack_layers(fields(document["layers"])) if "layers" in document else None,
        ui_state=UIState(
            unpack_open_panels(document.get("open_panels", {})),
            tuple(text(name) for name in items(document.get("panels_in_front", []))),
            unpack_panels(document.get("choices", {})),
        ),
    )


def _checkpoint(document: dict[str, object], config: RunConfig, tensors: Arrays) -> Checkpoint:
    run_id = text(document["run_id"])
    best_step, best_loss = document["best_step"], document["best_loss"]

    def snapshot(step: object, place: str) -> Snapshot:
        return Snapshot(run_id, count(step), config.model, group(place, tensors))

    shown = snapshot(document["step"], "weights")
    last = snapshot(document["last_step"], "last") if "last_step" in document else None
    best = None if best_step is None else snapshot(best_step, "best")
    patient = config.train.patience > 0 and last is None
    if patient and best is not None and best.step < shown.step and _same_weights(best, shown):
        shown, last = best, shown  # as patience left files before they had the last weights
    return Checkpoint(
        config=config,
        snapshot=shown,
        optimizer=group("optimizer", tensors),
        best=best if last is None else shown,
        best_loss=math.inf if best_loss is None else number(best_loss),
        epochs_without_improvement=count(document["stale_epochs"]),
        e_step=snapshot(document["e_step"], "e_step") if "e_step" in document else None,
        last=last,
        trained_on=tuple(_kind(value) for value in items(document.get("trained_on", []))),
    )


def _kind(value: object) -> str:
    """A kind of device."""
    require(value in KINDS_OF_DEVICE, "a device is not known")
    return text(value)


def _same_weights(one: Snapshot, other: Snapshot) -> bool:
    return one.weights.keys() == other.weights.keys() and all(
        np.array_equal(array, other.weights[name]) for name, array in one.weights.items()
    )


def _other_best(checkpoint: Checkpoint) -> Snapshot | None:
    """The best weights, where they are others than those that the run shows."""
    return checkpoint.best if checkpoint.last is None else None


def _timeline(document: dict[str, object], newest: Snapshot, tensors: Arrays) -> Timeline | None:
    if "timeline" not in document:
        require(not any(name.startswith("timeline") for name in tensors), "there are moments")
        return None
    timeline = unpack_timeline(fields(document["timeline"]), newest, tensors)
    last = timeline.entries[-1] if timeline.entries else None
    if last is not None and last.step > newest.step and _same_weights(last.snapshot, newest):
        timeline = timeline.added(
            replace(last, snapshot=newest)
        )  # it named the step of the run's end
    return timeline


def _originals(document: dict[str, object], dataset: str, tensors: Arrays) -> ImageData | None:
    if "originals" not in document:
        require(not group("originals", tensors), "there are originals")
        return None
    own = own_reference(dataset)
    digest = "" if own is None else own.digest
    return unpack_originals(fields(document["originals"]), dataset, digest, tensors)


def _bookmarks(document: dict[str, object], latent_dim: int, tensors: Arrays) -> Bookmarks | None:
    if "bookmarks" not in document:
        require(not group("bookmarks", tensors), "there are bookmarks")
        return None
    return unpack_bookmarks(fields(document["bookmarks"]), latent_dim, tensors)


def _encodings(class_names: list[object], tensors: Arrays) -> Encodings:
    logvar, labels = tensors.get("encodings/logvar"), tensors.get("encodings/labels")
    return Encodings(
        mu=array_of(tensors["encodings/mu"], np.float32, 2),
        logvar=None if logvar is None else array_of(logvar, np.float32, 2),
        labels=None if labels is None else array_of(labels, np.int16, 1),
        class_names=tuple(text(name) for name in class_names),
    )


def _density(extent: list[object], tensors: Arrays) -> AggregatedPosterior:
    x0, x1, y0, y1 = (number(edge) for edge in extent)
    return AggregatedPosterior(
        (x0, x1, y0, y1), array_of(tensors["density/log_density"], np.float32, 2)
    )


def _statistics(class_names: object, tensors: Arrays) -> ClassStatistics | None:
    arrays = group("statistics", tensors)
    require(
        tuple(sorted(arrays)) == (tuple(sorted(_STATISTICS)) if class_names is not None else ()),
        "the classes' statistics are not whole",
    )
    if class_names is None:
        return None
    names = tuple(text(name) for name in items(class_names))
    count = array_of(arrays.pop("count"), np.int64, 1)
    means = {name: array_of(array, np.float32, 2) for name, array in arrays.items()}
    return ClassStatistics(names, count, **means)
