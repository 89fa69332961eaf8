"""`vae-gui export`: strips, traversals, grids and samples of a model as pictures and animations; what else it
leaves the app as is in `share.py`.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.cli import figures
from vae_gui.cli.data import dataset_of, load_data
from vae_gui.cli.endpoints import (
    FORMS,
    LatentPointParser,
    dimensions_from_1,
    plane_from_1,
)
from vae_gui.cli.output import carry_out, print_json, print_line
from vae_gui.cli.parser import add_data, add_json, add_out, offer
from vae_gui.cli.reach import PERCENTILES, Reach
from vae_gui.cli.samples import KINDS, sample
from vae_gui.cli.share import add_kinds
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.export.figure_files import MANIFOLD, write_manifold
from vae_gui.core.export.formats import format_of, suffixes
from vae_gui.core.export.options import (
    ONE_WAY,
    SHARP,
    SMOOTH,
    THERE_AND_BACK,
    AnimationOptions,
    StripOptions,
)
from vae_gui.core.export.render import animation, picture, traversal_frame_order
from vae_gui.core.latent.sampling import ClassSigma
from vae_gui.core.latent.start import informative_axes
from vae_gui.core.latent.traversal import along, plane
from vae_gui.core.paths import PATHS, path_named
from vae_gui.core.paths.requests import PathPlan, planned_frames
from vae_gui.core.state.latent import SPACINGS
from vae_gui.core.storage import workspace as files
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job
from vae_gui.core.vae.encodings import importance
from vae_gui.core.vae.snapshot import Snapshot

Points = NDArray[np.floating]
ANIMATED_FRAMES, STILL_FRAMES, STEPS, GRID, SAMPLES = 100, 12, 20, 20, 49
MAX_TILES = 10_000


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "export", help="write pictures and animations of a model, or the model itself"
    )
    kinds = parser.add_subparsers(title="kinds", metavar="KIND", required=True)
    strip = _kind(
        kinds,
        "strip",
        "the way from one place to another",
        export_strip,
        f"{STILL_FRAMES}, or {ANIMATED_FRAMES} where they move",
    )
    strip.add_argument("--from", dest="start", default="a", metavar="PLACE", help=f"as in {FORMS}")
    strip.add_argument("--to", dest="end", default="b", metavar="PLACE", help="likewise")
    path = strip.add_argument("--path", default="straight", metavar="NAME", help=", ".join(PATHS))
    offer(path, PATHS)
    strip.add_argument("--spacing", choices=SPACINGS, default="z", help="equal steps in z or image")
    strip.add_argument("--one-way", action="store_true", help="do not play it in reverse too")
    traversal = _kind(
        kinds, "traversal", "one dimension after the other", export_traversal, str(STEPS)
    )
    traversal.add_argument(
        "--dims", metavar="1,2", help="which, from 1 (default: all, most KL first)"
    )
    grid = _kind(
        kinds,
        "grid",
        "the plane of two dimensions, z2 upwards; .svg has its axes, .csv every pixel",
        export_grid,
        str(GRID),
    )
    grid.add_argument(
        "--axes", metavar="1,2", help="across and up, from 1 (default: the two that carry most)"
    )
    for place in (traversal, grid):
        place.add_argument("--at", default="cursor", metavar="PLACE", help=f"as in {FORMS}")
        reach = place.add_mutually_exclusive_group()
        reach.add_argument("--range", type=float, nargs="+", metavar="Z", help="low high, in z")
        reach.add_argument(
            "--percentiles", type=float, nargs=2, metavar="P",
            help="low high (default: {} {}), of N(0, 1) for a grid, of N(start, 1) for a traversal; "
            "an autoencoder has no prior: without a range it runs over its codes".format(*PERCENTILES),
        )  # fmt: skip
    samples = _kind(
        kinds, "samples", "images that the model makes up", export_samples, str(SAMPLES)
    )
    samples.add_argument(
        "--of", metavar="WHAT", help=f"{KINDS} (default: prior, or codes of an autoencoder)"
    )
    samples.add_argument(
        "--seed", type=int, default=0, metavar="S", help="the same seed draws the same images"
    )
    samples.add_argument("--columns", type=int, default=7, metavar="N", help="images in a row")
    samples.add_argument(
        "--spread", choices=[item.name.lower().replace("_", "-") for item in ClassSigma],
        default="mean-posterior", help="σ of a class: of one encoding, or of the whole class",
    )  # fmt: skip
    figures.add_kinds(kinds)
    add_kinds(kinds)


def _kind(
    kinds: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], int],
    frames: str,
) -> argparse.ArgumentParser:
    parser = kinds.add_parser(name, help=text, description=text.capitalize() + ".")
    parser.add_argument("file", type=Path, metavar="FILE", help="the workspace")
    add_data(parser)
    moves = name in ("strip", "traversal")
    endings = (*suffixes(), *(MANIFOLD if name == "grid" else ()))
    add_out(parser, endings)
    parser.add_argument(
        "--frames", type=int, metavar="N",
        help=f"images: of the way, a row, in all (default: {frames})",
    )  # fmt: skip
    still, moving = StripOptions(), AnimationOptions()
    size = f"{still.size}, or {moving.size} where it moves" if moves else str(still.size)
    parser.add_argument(
        "--size", type=int, metavar="N", help=f"pixels of one image (default: {size})"
    )
    parser.add_argument(
        "--gap", type=int, default=still.gap, metavar="N", help="pixels between images"
    )
    parser.add_argument("--smooth", action="store_true", help="blur between the model's pixels")
    if moves:
        parser.add_argument(
            "--ms", type=int, metavar="N",
            help=f"milliseconds of a frame that moves (default: {moving.interval_ms})",
        )  # fmt: skip
        parser.add_argument("--animated", action="store_true", help="move, also as .png")
    add_json(parser)
    parser.set_defaults(run=run, animated=False, one_way=name != "strip")
    return parser


def export_strip(options: argparse.Namespace) -> int:
    places, moving = _places(options), _moves(options)
    frames = _frames(options, ANIMATED_FRAMES if moving else STILL_FRAMES)
    a, b = (tuple(places.point(place).tolist()) for place in (options.start, options.end))
    latent = replace(places.latent, a=a, b=b, keyframes=())
    entry = path_named(options.path)
    path = None if entry.search else entry.build(latent)
    plan = PathPlan(entry, (a, b), path, even_images=options.spacing == "image")
    z = carry_out(planned_frames(_snapshot(places), plan, frames))
    if moving:
        return _write_animation(options, places, z)
    return _write_picture(options, places, z[np.newaxis])


def export_traversal(options: argparse.Namespace) -> int:
    places, moving = _places(options), _moves(options)
    start = places.point(options.at)
    frames = _frames(options, STEPS)
    dimensions = (
        dimensions_from_1(options.dims, places.latent_dim) if options.dims else _ranked(places)
    )
    reach = Reach(options, places, frames)
    rows = np.stack(
        [along(tuple(start), i, reach.values(i, float(start[i]))) for i in dimensions]
    )  # (dimensions, frames, latent_dim)
    if moving:
        return _write_animation(options, places, traversal_frame_order(start, rows))
    return _write_picture(options, places, rows)


def export_grid(options: argparse.Namespace) -> int:
    places = _places(options)
    side = _frames(options, GRID)
    start = places.point(options.at)
    limits = options.range
    if limits is not None and len(limits) not in (2, 4):
        raise UserError("--range takes two numbers, or four: across from, to, up from, to.")
    reach = Reach(options, places, side)
    if places.latent_dim == 1:
        xs = reach.values(0, 0.0, limits and limits[:2])
        return _write_grid(options, places, along(tuple(start), 0, xs)[np.newaxis], (0, 0))
    dims = places.latent_dim
    axes = plane_from_1(options.axes, dims) if options.axes else _most_informative(places)
    xs = reach.values(axes[0], 0.0, limits and limits[:2])
    ys = reach.values(axes[1], 0.0, limits and limits[-2:])
    z = plane(tuple(start), axes, xs, ys)
    return _write_grid(options, places, z.reshape(side, side, -1), axes)


def export_samples(options: argparse.Namespace) -> int:
    places = _places(options)
    spread = ClassSigma[options.spread.upper().replace("-", "_")]
    z = sample(places, options.of, _frames(options, SAMPLES), options.seed, spread)
    columns = min(_within("--columns", options.columns, 1, 100), len(z))
    rows = -(-len(z) // columns)
    tiles = np.full((rows * columns, z.shape[1]), np.nan)
    tiles[: len(z)] = z
    return _write_picture(options, places, tiles.reshape(rows, columns, -1))


def _places(options: argparse.Namespace) -> LatentPointParser:
    workspace = files.load(options.file)

    def images() -> ImageData:
        name = dataset_of(options, workspace.checkpoint.config.dataset)
        return load_data(name, options.data_dir, options.download)

    return LatentPointParser(workspace, images)


def _moves(options: argparse.Namespace) -> bool:
    moving = bool(options.animated) or format_of(options.out).moves
    if options.ms is not None and not moving:
        raise UserError("--ms is for animations: choose .gif or .webp, or add --animated.")
    return moving


def _frames(options: argparse.Namespace, otherwise: int) -> int:
    return otherwise if options.frames is None else _within("--frames", options.frames, 1, 1000)


def _within(name: str, value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise UserError(f"{name} is {value:,}, but must lie between {least} and {most:,}.")
    return value


def _ranked(places: LatentPointParser) -> list[int]:
    """All dimensions, the most informative first where the file has encodings."""
    encodings = places.workspace.encodings
    if encodings is None or not len(encodings):
        return list(range(places.latent_dim))
    return [int(i) for i in np.argsort(-importance(encodings), kind="stable")]


def _most_informative(places: LatentPointParser) -> tuple[int, int]:
    """Two dimensions; the first two where the file has no encodings."""
    encodings = places.workspace.encodings
    if encodings is None or not len(encodings):
        return 0, 1
    return informative_axes(encodings)


def _write_animation(options: argparse.Namespace, places: LatentPointParser, z: Points) -> int:
    standard = AnimationOptions()
    chosen = AnimationOptions(
        frames=max(2, min(len(z), 1000)),
        size=standard.size if options.size is None else options.size,
        interval_ms=standard.interval_ms if options.ms is None else options.ms,
        direction=ONE_WAY if options.one_way else THERE_AND_BACK,
        enlarging=SMOOTH if options.smooth else SHARP,
    )
    return _finish(options, animation(_snapshot(places), z, options.out, chosen), len(z))


def _write_picture(options: argparse.Namespace, places: LatentPointParser, z: Points) -> int:
    """z: (rows, columns, latent_dim)."""
    size = StripOptions().size if options.size is None else options.size
    chosen = StripOptions(size, options.gap, SMOOTH if options.smooth else SHARP)
    images = int(np.isfinite(z).all(axis=2).sum())
    if images > MAX_TILES:
        raise UserError(f"{images:,} images are too many for one picture: choose fewer --frames.")
    return _finish(options, picture(_snapshot(places), z, options.out, chosen), images)


def _write_grid(
    options: argparse.Namespace, places: LatentPointParser, z: Points, axes: tuple[int, int]
) -> int:
    """z: (rows, columns, latent_dim), over the dimensions `axes`, from 0."""
    if options.out.suffix.lower() not in MANIFOLD:
        return _write_picture(options, places, z)
    title = places.workspace.title
    job = write_manifold(_snapshot(places), z, axes, options.out, title)
    return _finish(options, job, z.shape[0] * z.shape[1])


def _snapshot(places: LatentPointParser) -> Snapshot:
    return places.workspace.checkpoint.snapshot


def _finish(options: argparse.Namespace, job: Job[Path], images: int) -> int:
    carry_out(job)
    if options.json:
        print_json({"out": str(options.out), "images": images})
    else:
        print_line(f"Saved {options.out}, {images:,} images.")
    return 0
