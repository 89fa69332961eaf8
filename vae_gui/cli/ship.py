"""`vae-gui ship`: the model that the first launch opens, made from a run."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from vae_gui.cli.data import dataset_of, load_data
from vae_gui.cli.output import carry_out, print_json, print_line
from vae_gui.cli.parser import add_data, add_json
from vae_gui.cli.saving import add_overwrite, check_new
from vae_gui.core.analysis.density import aggregated_posterior
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.latent.start import at_classes
from vae_gui.core.sharing.model_card import UNKNOWN, MeasuredLosses, model_card
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace, check_workspace
from vae_gui.core.storage.workspace_originals import sample_of
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.foreign_text import utf8
from vae_gui.core.support.imports import import_lock
from vae_gui.core.vae.config import LiveHyperparameters
from vae_gui.core.vae.encodings import class_statistics
from vae_gui.core.vae.snapshot import MAX_HALF, Checkpoint, Snapshot, half
from vae_gui.core.vae.timeline import Timeline

MAX_ORIGINALS = 20_000
MOMENTS = 10  # of the timeline, and the last one


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "ship",
        help="round a model to half its size and add what the app shows at once",
        description="The weights become float16 and the optimizer is dropped; the encodings of "
        "the test images, the classes' statistics, q(z) of the training images and a few labelled "
        f"originals are added. Of its timeline at most {MOMENTS + 1} moments stay, their decoders in 8 bits.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    add_data(parser)
    parser.add_argument("--title", help="its name in the app (default: the file's own)")
    parser.add_argument(
        "--originals",
        type=int,
        default=1000,
        metavar="N",
        help="how many images to add, half of them to train a probe on; 0 for none",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help="the workspace")
    add_overwrite(parser)
    parser.add_argument("--card", type=Path, metavar="F.md", help="write a model card as well")
    parser.add_argument(
        "--license", default=UNKNOWN, metavar="ID", help="of the card, as mit or cc-by-4.0"
    )
    add_json(parser)
    parser.set_defaults(run=ship)


def ship(options: argparse.Namespace) -> int:
    with import_lock():
        from vae_gui.core.vae.evaluation import evaluate

    check_workspace(options.out)
    check_new(options.out, options.overwrite)
    if options.card is not None:
        check_card(options.card, options.overwrite)
    source = files.load(options.file)
    config = source.checkpoint.config
    data = load_data(dataset_of(options, config.dataset), options.data_dir, options.download)
    if not 0 <= options.originals <= MAX_ORIGINALS:
        raise UserError(f"--originals must lie between 0 and {MAX_ORIGINALS:,}.")
    shipped = as_shipped_workspace(source, data, options.originals)
    if options.title is not None:
        shipped = replace(shipped, title=options.title)
    result = carry_out(evaluate(config, shipped.checkpoint.snapshot, data, samples=0))
    if not config.train.held_out:
        shipped = _measured(shipped, result.reconstruction, result.kl)
    files.save(shipped, options.out)
    if options.card is not None:
        measured = MeasuredLosses(result.reconstruction, result.kl, result.images)
        text = model_card(shipped, measured, options.out.name, options.license)
        with atomic_write(options.card) as file:
            file.write(utf8(text))
    size = options.out.stat().st_size
    if options.json:
        negative_elbo = None if result.elbo is None else -result.elbo
        print_json({"out": str(options.out), "bytes": size, "negative_elbo": negative_elbo})
        return 0
    print_line(f"Saved {options.out}, {size / 2**20:.1f} MB.")
    if result.elbo is None:
        print_line(
            f"squared error of the test images: {result.reconstruction:.2f}; there is no ELBO"
        )
    else:
        print_line(f"−ELBO of the test images, of the weights as shipped: {-result.elbo:.2f} nats")
    return 0


def check_card(path: Path, overwrite: bool) -> None:
    """Raise UserError before long work where the card cannot be written."""
    if path.suffix.lower() != ".md":
        raise UserError(f"Choose a name for “{path.name}” that ends in .md.")
    check_new(path, overwrite)


def as_shipped_workspace(source: Workspace, data: ImageData, originals: int = 0) -> Workspace:
    """The workspace of a finished run, small and complete; every number in it is of the rounded weights.

    originals: how many images of the data it carries.
    """
    with import_lock():
        from vae_gui.core.vae.fits import check_fits

    config = source.checkpoint.config
    check_fits(config, data)
    exact = source.checkpoint.snapshot
    if any(np.abs(array).max(initial=0) > MAX_HALF for array in exact.weights.values()):
        raise UserError("A weight of this model is too large for float16: it cannot be shipped.")
    snapshot = half(exact)
    test = carry_out(encode(snapshot, data.test, data.class_names))
    train = carry_out(encode(snapshot, data.train, data.class_names))
    flat = config.model.latent_dim == 2
    return Workspace(
        title=source.title,
        checkpoint=Checkpoint(config, snapshot, {}),
        latent=at_classes(test),
        history=source.history,
        encodings=test,
        density=aggregated_posterior(train) if flat else None,
        statistics=class_statistics(train),
        timeline=None if source.timeline is None else _decoders(source.timeline, snapshot),
        originals=sample_of(data, originals) if originals else None,
    )


def _measured(workspace: Workspace, reconstruction: float, kl: float) -> Workspace:
    """Return the workspace with the test losses of the rounded weights in its curves, where it has curves."""
    config, step = workspace.checkpoint.config, workspace.checkpoint.snapshot.step
    if workspace.history is None:
        return workspace
    live = LiveHyperparameters(config.train.beta, config.train.learning_rate)
    for change in config.changes:
        live = live.after(change) if change.step < step else live
    history, row = workspace.history, [step, reconstruction + live.beta * kl, reconstruction, kl]
    others = history.tests[history.tests[:, 0] != step]
    at = int(np.searchsorted(others[:, 0], step))
    tests = np.insert(others, at, row, axis=0)
    return replace(workspace, history=replace(history, tests=tests))


def _decoders(timeline: Timeline, newest: Snapshot) -> Timeline:
    """A few moments with their decoders in 8 bits, and the last one: its weights are those of the model."""
    with import_lock():
        from vae_gui.core.vae.eight_bits import in_eight_bits

    *earlier, last = timeline.thinned(MOMENTS).entries
    small = [
        replace(moment, snapshot=in_eight_bits(moment.snapshot))
        for moment in earlier
        if moment.step < newest.step
    ]
    return replace(timeline, entries=(*small, replace(last, snapshot=newest)))
