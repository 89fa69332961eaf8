"""`vae-gui info` and `vae-gui evaluate`: the contents of a workspace, and its ELBO and IWAE bound on the test split."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.cli.data import dataset_of, load_data, split_of
from vae_gui.cli.output import carry_out, print_json, print_line
from vae_gui.cli.parser import ALL, HELD_OUT, TEST, TRAIN, add_data, add_json, add_split
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.imports import import_lock
from vae_gui.core.vae.config import ModelConfig, RunConfig
from vae_gui.core.vae.config_json import to_json
from vae_gui.core.vae.encodings import inactive, kl_per_dimension
from vae_gui.core.vae.held_out import as_seen_by, measured_on
from vae_gui.core.vae.history import NO_ROWS
from vae_gui.core.vae.loss_terms import loss_text, loss_values, only_term, unit

SAMPLES = 64
SPLIT_NAMES = {TRAIN: "training", TEST: "test", HELD_OUT: "held-out"}
Z_IS_EXACT = "; exact EM, z of p(z|x)"
_CHOSEN = (
    "chosen  by patience: the test images chose these weights, so their loss is a little too good"
)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    info = commands.add_parser("info", help="say what a workspace holds")
    info.add_argument("file", type=Path, metavar="FILE")
    add_json(info)
    info.set_defaults(run=show_info)
    measure = commands.add_parser("evaluate", help="measure a model on the test images, per image")
    measure.add_argument("file", type=Path, metavar="FILE")
    add_data(measure)
    add_split(measure, held_out=True)
    measure.add_argument(
        "--samples",
        type=int,
        default=SAMPLES,
        metavar="K",
        help="of q(z|x) per image, for the importance-weighted bound; 0 leaves it out",
    )
    add_json(measure)
    measure.set_defaults(run=show_evaluation)


def show_info(options: argparse.Namespace) -> int:
    workspace = files.load(options.file)
    values = info_of(workspace)
    if options.json:
        print_json(values)
    else:
        _say_info(workspace, values)
    return 0


@np.errstate(over="ignore", invalid="ignore")
def info_of(workspace: Workspace) -> dict[str, object]:
    """Return what is known without a data set; None where the file does not say. Huge encodings overflow silently."""
    checkpoint, history, encodings = workspace.checkpoint, workspace.history, workspace.encodings
    model = checkpoint.config.model
    kl = None if encodings is None or not len(encodings) else kl_per_dimension(encodings)
    return {
        "title": workspace.title,
        "config": to_json(checkpoint.config),
        "step": checkpoint.snapshot.step,
        "last_metrics": {
            "train": None if history is None else _last(model, history.steps),
            "test": None if workspace.test_row is None else _losses(model, workspace.test_row),
        },
        "latent_dim": model.latent_dim,
        "kl_per_dimension": None if kl is None else [float(value) for value in kl],
        "measured_on": measured_on(checkpoint.config.train),
        "chosen_by_test_loss": checkpoint.config.train.chosen_by_test,
        "active_units": None
        if encodings is None or not len(encodings)
        else int((~inactive(encodings)).sum()),
        "resumable": bool(checkpoint.optimizer),
        "trained_on": list(checkpoint.trained_on) or None,
    }


def _last(model: ModelConfig, rows: NDArray[np.float64]) -> dict[str, float] | None:
    return _losses(model, rows[-1]) if len(rows) and np.isfinite(rows[-1]).all() else None


def _losses(model: ModelConfig, row: NDArray[np.float64]) -> dict[str, float]:
    step, *losses = row.tolist()
    return {"step": step} | loss_values(model, *losses)


def _say_info(workspace: Workspace, values: dict[str, object]) -> None:
    config = workspace.checkpoint.config
    model, train = config.model, config.train_at(workspace.checkpoint.snapshot.step)
    print_line(
        f"{workspace.title}: preset {config.preset}, data {config.dataset}, step {values['step']}"
    )
    print_line(
        f"model   {model.architecture}, {model.latent_dim} latent dimensions, {model.likelihood}"
    )
    print_line(
        f"run     {train.optimizer}, learning rate {train.learning_rate:g}, batch "
        f"{train.batch_size}, {train.epochs} epochs, β {train.beta:g}, seed {train.seed}, "
        f"{len(config.changes)} changes; {'can' if values['resumable'] else 'cannot'} be resumed"
    )
    if workspace.checkpoint.trained_on:
        print_line(f"device  {', then '.join(map(str.upper, workspace.checkpoint.trained_on))}")
    if values["chosen_by_test_loss"]:
        print_line(_CHOSEN)
    _say_losses(workspace)
    if values["active_units"] is None:
        print_line("units   not known: the file holds no encodings")
        return
    print_line(f"units   {values['active_units']} of {model.latent_dim} dimensions are active")
    if model.deterministic:
        print_line("kl      none: a plain autoencoder has no posterior")
    elif isinstance(values["kl_per_dimension"], list):
        kl = "  ".join(f"z{i} {value:.2f}" for i, value in enumerate(values["kl_per_dimension"], 1))
        print_line(f"kl      {kl} nats")


def _say_losses(workspace: Workspace) -> None:
    """The last batch, and the test images by these weights."""
    model, history = workspace.checkpoint.config.model, workspace.history
    if history is None:
        return
    batches, exact = history.steps[-1:], history.exact[-1:]
    of = measured_on(workspace.checkpoint.config.train)
    in_em = len(exact) > 0 and len(batches) > 0 and exact[0, 0] == batches[0, 0]
    tests = workspace.test_row
    for name, rows in (("train", batches), (of, NO_ROWS if tests is None else tests[None])):
        for step, *losses in rows.tolist():
            if np.isfinite(losses).all():
                note = Z_IS_EXACT if in_em and name == "train" else ""
                text = f"{name:<7} {loss_text(model, *losses)} at step {step:.0f}, {unit(model)}"
                print_line(text + note)
    if tests is None:
        print_line(f"{of:<7} not measured of these weights: `vae-gui evaluate` does it")


def show_evaluation(options: argparse.Namespace) -> int:
    with import_lock():
        from vae_gui.core.vae.evaluation import evaluate

    checkpoint = files.load(options.file).checkpoint
    config = checkpoint.config
    data = load_data(dataset_of(options, config.dataset), options.data_dir, options.download)
    if options.split == HELD_OUT and not config.train.held_out:
        raise UserError("This run held no images out: take --split test.")
    held_out = options.split == HELD_OUT
    seen = as_seen_by(config.train, data) if held_out else data
    measured = replace(data, test=split_of(seen, TEST if held_out else options.split))
    result = carry_out(evaluate(config, checkpoint.snapshot, measured, options.samples))
    term = only_term(config.model)
    values: dict[str, object] = {
        "dataset": data.name,
        "images": result.images,
        "split": options.split,
        "step": checkpoint.snapshot.step,
        "likelihood": config.model.likelihood,
        "elbo": result.elbo,
        "reconstruction": None if term == "squared error" else result.reconstruction,
        "kl": None if result.deterministic else result.kl,
        "samples": result.samples,
        "importance_weighted_bound": result.importance_weighted,
        "squared_error": result.reconstruction if term == "squared error" else None,
        "chosen_by_test_loss": config.train.chosen_by_test
        and data.name == config.dataset
        and options.split not in (TRAIN, HELD_OUT),
    }
    if options.json:
        print_json(values)
    else:
        _say_evaluation(config, values, data.title)
    return 0


def _say_evaluation(config: RunConfig, values: dict[str, object], title: str) -> None:
    kind = "" if values["split"] == ALL else f"{SPLIT_NAMES[str(values['split'])]} "
    print_line(
        f"{title}, {values['images']:,} {kind}images, at step {values['step']:,}, per image:"
    )
    if values["chosen_by_test_loss"]:
        print_line(_CHOSEN)
    if values["elbo"] is None:
        term = only_term(config.model) or ""
        print_line(f"{term:<21}{values[term.replace(' ', '_')]:.2f} {unit(config.model)}")
        print_line("There is no ELBO: a plain autoencoder has no likelihood and no posterior.")
        return
    print_line(
        f"ELBO                 {values['elbo']:.2f} nats "
        f"(reconstruction {values['reconstruction']:.2f}, KL {values['kl']:.2f})"
    )
    if values["importance_weighted_bound"] is not None:
        print_line(
            f"importance-weighted  {values['importance_weighted_bound']:.2f} nats "
            f"with {values['samples']} samples"
        )
    print_line(f"log p(x) is at least as large. Likelihood: {config.model.likelihood}.")
