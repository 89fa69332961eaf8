"""`vae-gui export encodings|curves|pad|probe`: what is known of a model as tables and as figures."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from vae_gui.cli.data import dataset_of, load_data
from vae_gui.cli.endpoints import plane_from_1
from vae_gui.cli.output import carry_out, print_json, print_line
from vae_gui.cli.parser import add_data, add_json, add_out
from vae_gui.core.analysis.probe import INPUTS, ProbeProgress, ProbeResult, ProbeSettings, probe
from vae_gui.core.export.axes import number
from vae_gui.core.export.curve_figure import curve_figure
from vae_gui.core.export.figure import Figure
from vae_gui.core.export.figure_files import DRAWERS, write_figure
from vae_gui.core.export.figures import confusion_figure, scatter_figure
from vae_gui.core.export.tables import ENCODING_TABLES, export_confusion_csv, export_encodings_csv
from vae_gui.core.export.writers import export_history_csv
from vae_gui.core.latent.start import informative_axes
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job
from vae_gui.core.support.settings import settings_of
from vae_gui.core.vae.encodings import Encodings

Kinds = argparse._SubParsersAction
Writer = TypeVar("Writer")
TABLE = ".csv"
DRAWN = (*DRAWERS, TABLE)
WORDS = {"mu": "μ", "pixels": "pixels"}


def add_kinds(kinds: "Kinds[argparse.ArgumentParser]") -> None:
    _kind(
        kinds,
        "encodings",
        "μ, log σ² and σ of the images that are in the file, with their classes",
        export_encodings,
        tuple(ENCODING_TABLES),
    )
    _kind(kinds, "curves", "the losses of the run", export_curves, DRAWN)
    pad = _kind(kinds, "pad", "the encodings in two dimensions, by class", export_pad, DRAWN)
    pad.add_argument(
        "--axes", metavar="1,2", help="across and up, from 1 (default: the two that carry most)"
    )
    scored = _kind(
        kinds, "probe", "which classes a linear classifier takes for which", export_probe, DRAWN
    )
    add_data(scored)
    scored.add_argument("--of", choices=INPUTS, default="mu", help="what the classifier sees")
    for item in settings_of(ProbeSettings):
        scored.add_argument(
            f"--{item.name}",
            type=int,
            default=getattr(ProbeSettings(), item.name),
            metavar="N",
            help=item.setting.help,
        )


def _kind(
    kinds: "Kinds[argparse.ArgumentParser]",
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], int],
    suffixes: Sequence[str],
) -> argparse.ArgumentParser:
    parser = kinds.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.add_argument("file", type=Path, metavar="FILE", help="the workspace")
    add_out(parser, suffixes)
    add_json(parser)
    parser.set_defaults(run=run)
    return parser


def export_encodings(options: argparse.Namespace) -> int:
    write = writer_of(options.out, ENCODING_TABLES)
    encodings = _encodings_of(files.load(options.file), options.file)
    carry_out(write(encodings, options.out))
    return _say(options, images=len(encodings))


def export_curves(options: argparse.Namespace) -> int:
    _check_suffix(options.out)
    workspace = files.load(options.file)
    history, model = workspace.history, workspace.checkpoint.config.model
    if history is None or not len(history.steps):
        raise UserError(f"“{options.file.name}” holds no curves: choose the workspace of a run.")
    _write(
        options.out,
        lambda: curve_figure(history, model, workspace.title),
        lambda path: export_history_csv(history, path, model),
    )
    return _say(options, steps=len(history.steps))


def export_pad(options: argparse.Namespace) -> int:
    _check_suffix(options.out)
    workspace = files.load(options.file)
    encodings = _encodings_of(workspace, options.file)
    dims = encodings.latent_dim
    axes = plane_from_1(options.axes, dims) if options.axes else informative_axes(encodings)
    _write(
        options.out,
        lambda: scatter_figure(encodings, axes, workspace.title),
        lambda path: export_encodings_csv(encodings, path),
    )
    return _say(options, images=len(encodings))


def export_probe(options: argparse.Namespace) -> int:
    _check_suffix(options.out)
    names = [item.name for item in settings_of(ProbeSettings)]
    settings = ProbeSettings(**{name: getattr(options, name) for name in names})
    workspace = files.load(options.file)
    name = dataset_of(options, workspace.checkpoint.config.dataset)
    data = load_data(name, options.data_dir, options.download)
    job = probe(workspace.checkpoint.snapshot, data, settings)
    result = carry_out(_scored(job, options.of))
    score = result.mu if result.pixels is None else result.pixels
    title = (
        f"Probe on {WORDS[options.of]}: {100 * score.accuracy:.1f} % "
        f"of {number(result.test_images)} test images right"
    )
    classes = result.class_names
    _write(
        options.out,
        lambda: confusion_figure(score.confusion, classes, title),
        lambda path: export_confusion_csv(score.confusion, classes, path),
    )
    return _say(options, images=result.test_images, accuracy=score.accuracy)


def _scored(job: Job[ProbeResult], of: str) -> Job[ProbeResult]:
    """The result once that is scored which the classifier is `of`: μ comes first, and pixels take long."""
    with closing(job):
        while True:
            try:
                progress = next(job)
            except StopIteration as stop:
                result: ProbeResult = stop.value
                return result
            if of == "mu" and isinstance(progress, ProbeProgress):
                return progress.result
            yield progress


def _write(path: Path, figure: Callable[[], Figure], table: Callable[[Path], Job[Path]]) -> None:
    """Write a figure or a table, as the suffix says."""
    carry_out(table(path) if path.suffix.lower() == TABLE else write_figure(figure(), path))


def _check_suffix(path: Path) -> None:
    writer_of(path, dict.fromkeys(DRAWN))


def writer_of(path: Path, writers: Mapping[str, Writer]) -> Writer:
    """The one of the suffix of `path`; raises UserError where there is none."""
    if path.suffix.lower() not in writers:
        *most, last = writers
        names = f"{', '.join(most)} or {last}"
        raise UserError(f"“{path.name}” cannot be written: choose a name that ends in {names}.")
    return writers[path.suffix.lower()]


def _encodings_of(workspace: Workspace, path: Path) -> Encodings:
    """Those in the file; raises UserError where there are none."""
    if workspace.encodings is None or not len(workspace.encodings):
        raise UserError(f"“{path.name}” holds no encodings: make some with vae-gui encode.")
    return workspace.encodings


def _say(options: argparse.Namespace, **facts: float) -> int:
    if options.json:
        print_json({"out": str(options.out), **facts})
    else:
        said = (
            f", {name} {100 * value:.1f} %" if isinstance(value, float) else f", {value:,} {name}"
            for name, value in facts.items()
        )
        print_line(f"Saved {options.out}{''.join(said)}.")
    return 0
