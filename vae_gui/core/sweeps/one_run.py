"""One run of a sweep, as a worker carries it out: from an order to a row and the content of a file."""

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vae_gui.core.analysis.probe import ProbeSettings, probe
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.own.load import load_own
from vae_gui.core.datasets.own.source import own_images, portable_name
from vae_gui.core.datasets.places import folder_of_environment
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.sweeps.finished_run import as_workspace
from vae_gui.core.sweeps.plan import PlannedRun, SweepPlan
from vae_gui.core.sweeps.rows import DONE, PRUNED, EvaluationRow, Finished
from vae_gui.core.sweeps.summary import row_of_workspace, trail_of
from vae_gui.core.vae.run.headless import HeadlessRun

GoesOn = Callable[[float, float], bool]  # after an evaluation: share of the run that is done, −ELBO


@dataclass(frozen=True, slots=True)
class Order:
    """The order that a worker is sent. folder: where to look for data sets.

    threads: torch's number of threads, where no setting gives one.
    """

    plan: SweepPlan
    run: PlannedRun
    folder: Path
    threads: int


def train_one(order: Order, goes_on: GoesOn | None = None) -> Finished:
    """Train to the end, or until `goes_on` says no after an evaluation.

    Raises UserError where the run cannot be made: no data, wrong settings, no finite loss.
    """
    data = images_of(order.plan.dataset, order.folder)
    config = order.plan.config(order.run, order.threads, data.side)
    config = replace(config, dataset=portable_name(data.name, data.digest))
    run, seconds, pruned, warning = HeadlessRun(config, data, uuid.uuid4().hex), 0.0, False, ""
    for epoch in run.epochs():
        seconds, warning = seconds + epoch.seconds, run.warning or warning
        test, done = epoch.test, run.trainer.steps_done / run.trainer.total_steps
        if goes_on is not None and not goes_on(done, test.reconstruction + test.kl):
            pruned = True
            break
    workspace = _workspace(run, data, order)
    accuracy = _probed(workspace, data) if order.plan.probe else np.nan
    row = row_of_workspace(workspace, order.run.name, order.run.values)
    status = PRUNED if pruned else DONE
    row = replace(
        row, status=status, seconds=seconds, probe_accuracy=float(accuracy), error=warning
    )
    evaluations = tuple(
        EvaluationRow(order.run.name, int(step), reconstruction, kl)
        for step, reconstruction, kl in trail_of(workspace).tolist()
    )
    content = b"" if pruned else files.pack(workspace, order.run.name)
    return Finished(row, evaluations, content)


@functools.lru_cache(maxsize=1)
def images_of(dataset: str, folder: Path) -> ImageData:
    """Found once a worker: in `folder`, or in the one that the worker's own environment names."""
    entry, own = DATASETS.get(dataset), own_images(dataset)
    if entry is None:
        if own is None:
            raise UserError(
                f"There is no data set “{dataset}”: choose one of {', '.join(DATASETS)}."
            )
        return finish(load_own(own)).data
    places = [place for place in (folder, folder_of_environment()) if place is not None]
    found = next((place for place in places if entry.find(place)), None)
    if found is None:
        raise UserError(f"A worker does not have {entry.title} in “{folder}”: put it there first.")
    return finish(entry.load(found, False))


def _workspace(run: HeadlessRun, data: ImageData, order: Order) -> Workspace:
    checkpoint = run.trainer.checkpoint()
    if not order.plan.keep_optimizer:
        checkpoint = replace(checkpoint, optimizer={}, best=None, e_step=None, last=None)
    title = " · ".join(f"{name} {value}" for name, value in order.run.values) or order.plan.preset
    return finish(as_workspace(title, checkpoint, run.rows(), data))


def _probed(workspace: Workspace, data: ImageData) -> float:
    """Share of test images whose class a linear probe tells from μ; nan without labels."""
    if data.train.labels is None:
        return float("nan")
    settings = ProbeSettings(seed=workspace.checkpoint.config.train.seed)
    return finish(probe(workspace.checkpoint.snapshot, data, settings)).mu.accuracy
