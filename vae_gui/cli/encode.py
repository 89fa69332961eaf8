"""`vae-gui encode` and `vae-gui reconstruct`: what a model makes of images, as a table and as a picture."""

import argparse
from pathlib import Path

import numpy as np

from vae_gui.cli.data import dataset_of, load_data, split_of
from vae_gui.cli.figures import writer_of
from vae_gui.cli.output import carry_out, print_json, print_line
from vae_gui.cli.parser import add_data, add_json, add_split
from vae_gui.core.datasets.base import Split, stratified
from vae_gui.core.export.formats import format_of
from vae_gui.core.export.options import StripOptions
from vae_gui.core.export.tables import ENCODING_TABLES
from vae_gui.core.export.writers import export_grid
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.inference.requests import Frozen, Reconstruct
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import check_writable
from vae_gui.core.support.imports import import_lock

SHOWN, PER_ROW, MAX_SHOWN = 20, 10, 1000


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    encoding = commands.add_parser(
        "encode", help="write μ, log σ² and σ of images as CSV, NPZ or TSV"
    )
    reconstruction = commands.add_parser(
        "reconstruct", help="write images and what the model makes of them, row below row"
    )
    for parser, run in ((encoding, encode_images), (reconstruction, reconstruct_images)):
        parser.add_argument("file", type=Path, metavar="FILE", help="a workspace (.vae)")
        add_data(parser)
        add_split(parser)
        parser.add_argument(
            "--out", type=Path, metavar="FILE", required=True, help="its ending says what it is"
        )
        add_json(parser)
        parser.set_defaults(run=run)
    reconstruction.add_argument("--images", type=int, default=SHOWN, metavar="N", help="how many")


def encode_images(options: argparse.Namespace) -> int:
    write = writer_of(options.out, ENCODING_TABLES)
    check_writable(options.out)
    workspace, split, names = _loaded(options)
    encodings = carry_out(encode(workspace.checkpoint.snapshot, split, names))
    carry_out(write(encodings, options.out))
    return _say(options, len(encodings))


def reconstruct_images(options: argparse.Namespace) -> int:
    if format_of(options.out).picture is None:
        raise UserError(f"“{options.out.name}” is no picture: choose .png, as in out.png.")
    if not 1 <= options.images <= MAX_SHOWN:
        raise UserError(f"--images must lie between 1 and {MAX_SHOWN:,}.")
    workspace, split, _ = _loaded(options)
    with import_lock():
        from vae_gui.core.inference.engine import answer

    originals = stratified(split, options.images).images
    made = answer(workspace.checkpoint.snapshot, Reconstruct(Frozen(originals)))
    columns, side = min(PER_ROW, len(originals)), originals.shape[-1]
    rows = -(-len(originals) // columns)
    tiles = np.zeros((2, rows * columns, side, side), np.uint8)
    tiles[0, : len(originals)], tiles[1, : len(originals)] = originals, made
    pairs = tiles.reshape(2, rows, columns, side, side).swapaxes(0, 1)
    grid = pairs.reshape(2 * rows, columns, side, side)
    carry_out(export_grid(np.ascontiguousarray(grid), options.out, StripOptions(size=2 * side)))
    return _say(options, len(originals))


def _loaded(options: argparse.Namespace) -> tuple[Workspace, Split, tuple[str, ...]]:
    """The model, the images that are asked for, and the names of their classes."""
    workspace = files.load(options.file)
    config = workspace.checkpoint.config
    with import_lock():
        from vae_gui.core.vae.fits import check_fits

    data = load_data(dataset_of(options, config.dataset), options.data_dir, options.download)
    check_fits(config, data)
    return workspace, split_of(data, options.split), data.class_names


def _say(options: argparse.Namespace, images: int) -> int:
    if options.json:
        print_json({"out": str(options.out), "images": images})
    else:
        print_line(f"Saved {options.out}: {images:,} images.")
    return 0
