"""`vae-gui export encodings`: what is known of a model as tables for other programs."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from vae_gui.cli.output import carry_out, print_json, print_line
from vae_gui.cli.parser import add_json
from vae_gui.core.export.tables import ENCODING_TABLES
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.encodings import Encodings

Writer = TypeVar("Writer")
Kinds = argparse._SubParsersAction


def add_kinds(kinds: "Kinds[argparse.ArgumentParser]") -> None:
    _kind(
        kinds,
        "encodings",
        "μ, log σ² and σ of the images that are in the file, with their classes",
        export_encodings,
        ENCODING_TABLES,
    )


def _kind(
    kinds: "Kinds[argparse.ArgumentParser]",
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], int],
    writers: Mapping[str, object],
) -> argparse.ArgumentParser:
    parser = kinds.add_parser(name, help=text, description=f"{text}.")
    parser.add_argument("file", type=Path, metavar="FILE", help="the workspace")
    parser.add_argument("--out", type=Path, required=True, metavar="F" + "|".join(writers))
    add_json(parser)
    parser.set_defaults(run=run)
    return parser


def writer_of(path: Path, writers: Mapping[str, Writer]) -> Writer:
    """The one of the suffix of `path`; raises UserError where there is none."""
    writer = writers.get(path.suffix.lower())
    if writer is None:
        *most, last = writers
        names = f"{', '.join(most)} or {last}"
        raise UserError(f"“{path.name}” cannot be written: choose a name that ends in {names}.")
    return writer


def export_encodings(options: argparse.Namespace) -> int:
    write = writer_of(options.out, ENCODING_TABLES)
    encodings = encodings_of(files.load(options.file), options.file)
    carry_out(write(encodings, options.out))
    return _say(options, images=len(encodings))


def encodings_of(workspace: Workspace, path: Path) -> Encodings:
    """Those in the file; raises UserError where there are none."""
    if workspace.encodings is None or not len(workspace.encodings):
        raise UserError(f"“{path.name}” holds no encodings: make some with vae-gui encode.")
    return workspace.encodings


def _say(options: argparse.Namespace, **counts: int) -> int:
    if options.json:
        print_json({"out": str(options.out), **counts})
    else:
        said = "".join(f", {count:,} {name}" for name, count in counts.items())
        print_line(f"Saved {options.out}{said}.")
    return 0
