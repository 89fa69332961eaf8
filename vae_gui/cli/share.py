"""`vae-gui export NAME` for each of SHARES: the model as something that works without the app."""

import argparse
from functools import partial
from pathlib import Path

from vae_gui.cli.output import carry_out, print_json, print_line
from vae_gui.cli.parser import add_json
from vae_gui.cli.saving import add_overwrite, check_new
from vae_gui.core.sharing import SHARES, Share
from vae_gui.core.storage import workspace as files
from vae_gui.core.support.errors import UserError

TEXTS = (".md", ".py")  # a card and a script are there to be gone on with


def add_kinds(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for share in SHARES.values():
        parser = kinds.add_parser(share.name, help=share.description, description=share.description)
        parser.add_argument("file", type=Path, metavar="FILE", help="the workspace")
        parser.add_argument(
            "--out", type=Path, required=True, metavar=f"F{share.suffix}", help="the file to write"
        )
        if share.suffix in TEXTS:
            add_overwrite(parser)
        add_json(parser)
        parser.set_defaults(run=partial(export_share, share))


def export_share(share: Share, options: argparse.Namespace) -> int:
    out: Path = options.out
    if out.suffix.lower() != share.suffix:
        raise UserError(f"Choose a name for “{out.name}” that ends in {share.suffix}.")
    if share.suffix in TEXTS:
        check_new(out, options.overwrite)
    carry_out(share.write(files.load(options.file), out))
    if options.json:
        print_json({"out": str(out), "bytes": out.stat().st_size})
    else:
        print_line(f"Saved {out}.")
    return 0
