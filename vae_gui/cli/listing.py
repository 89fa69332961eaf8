"""`vae-gui presets` and `vae-gui datasets`: the registries as tables or as JSON."""

import argparse

from vae_gui.cli.output import carry_out, print_json, print_table
from vae_gui.cli.parser import add_data_folder, add_json
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.places import default_data_folder
from vae_gui.core.vae.models.parameters import parameters_of
from vae_gui.core.vae.presets import PRESETS


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    presets = commands.add_parser("presets", help="list the named recipes")
    add_json(presets)
    presets.set_defaults(run=list_presets)
    datasets = commands.add_parser("datasets", help="list the data sets and which are here")
    add_data_folder(datasets)
    add_json(datasets)
    datasets.set_defaults(run=list_datasets)


def list_presets(options: argparse.Namespace) -> int:
    rows: list[dict[str, object]] = [
        {
            "name": preset.name,
            "architecture": preset.model.architecture,
            "latent_dim": preset.model.latent_dim,
            "likelihood": preset.model.likelihood,
            "optimizer": preset.train.optimizer,
            "learning_rate": preset.train.learning_rate,
            "batch_size": preset.train.batch_size,
            "epochs": preset.train.epochs,
            "parameters": carry_out(parameters_of(preset.model)),
        }
        for preset in PRESETS.values()
    ]
    _say(rows, options.json)
    return 0


def list_datasets(options: argparse.Namespace) -> int:
    folder = options.data_dir or default_data_folder()
    rows: list[dict[str, object]] = [
        {
            "name": entry.name,
            "available": entry.find(folder),
            "images": entry.train_images + entry.test_images,
            "shape": [entry.side, entry.side],
            "classes": len(entry.class_names),
        }
        for entry in DATASETS.values()
    ]
    if not options.json:
        for row in rows:
            row["shape"] = "{}×{}".format(*row["shape"])  # type: ignore[misc]
    _say(rows, options.json)
    return 0


def _say(rows: list[dict[str, object]], as_json: bool) -> None:
    if as_json:
        print_json(rows)
    else:
        print_table(
            [name.replace("_", " ") for name in rows[0]], [list(row.values()) for row in rows]
        )
