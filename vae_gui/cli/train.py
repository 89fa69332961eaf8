"""`vae-gui train`: a run from a preset, the rest of one that was stopped, or the same one again."""

import argparse
import time
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

from vae_gui.cli.data import chosen_dataset, dataset_of, load_data
from vae_gui.cli.output import (
    OutputLostError,
    ProgressLine,
    carry_out,
    print_error,
    print_json,
    print_line,
)
from vae_gui.cli.parser import BAD_INPUT, SIGNALLED, add_data, add_json, offer
from vae_gui.cli.saving import PeriodicSave, add_overwrite, check_new, save_somewhere, stop_signals
from vae_gui.cli.settings import add_settings, given_settings, take_config
from vae_gui.cli.train_json import end_line, start_line
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.own.source import portable_name
from vae_gui.core.storage import workspace as files
from vae_gui.core.storage.workspace import Workspace, check_workspace
from vae_gui.core.support import child
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress
from vae_gui.core.support.settings import Value
from vae_gui.core.vae import schedule
from vae_gui.core.vae.config import ModelConfig, RunConfig
from vae_gui.core.vae.device_errors import DeviceError
from vae_gui.core.vae.held_out import measured_on
from vae_gui.core.vae.loss_terms import loss_text, loss_values
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.run_settings import new_run, resumed_config, run_title, with_settings
from vae_gui.core.vae.timeline import MIN_CAPACITY, Timeline
from vae_gui.core.vae.unbounded_density import unbounded_density_warning
from vae_gui.core.vae.warm_up import warm_up_training

if TYPE_CHECKING:
    from vae_gui.core.vae.run.headless import EpochResult, HeadlessRun
    from vae_gui.core.vae.step import Evaluation

Given = TypeVar("Given")

AUTOSAVE_SECONDS = 60.0
MAX_MOMENTS = 1000
_ANEW = "repeat it with --from"
_LONGER = "add --epochs with a larger number"


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a run. `values`: the settings that were given. `resumed`: the run that goes on."""

    config: RunConfig
    values: dict[str, Value]
    resumed: Workspace | None


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "train",
        help="train a model",
        description="Ctrl-C keeps what was learned in --out, and so does a kill or a closed terminal.",
    )
    preset = parser.add_argument("--preset", metavar="P", help=f"one of {', '.join(PRESETS)}")
    offer(preset, PRESETS)
    add_data(parser)
    add_settings(parser)
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--resume", type=Path, metavar="FILE", help="go on with a stopped run")
    start.add_argument(
        "--from",
        type=Path,
        metavar="FILE",
        dest="origin",
        help="repeat a run from its seed, with the changes that were made while it went on",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help="the workspace")
    add_overwrite(parser)
    parser.add_argument(
        "--timeline",
        type=_moments,
        metavar="MOMENTS",
        help=f"keep so many moments of the run, to drag through in the app: {MIN_CAPACITY} to {MAX_MOMENTS} "
        "(default: none)",
    )
    add_json(parser)
    parser.set_defaults(run=train)


def _moments(text: str) -> int:
    if text.isdecimal() and MIN_CAPACITY <= int(text) <= MAX_MOMENTS:
        return int(text)
    raise argparse.ArgumentTypeError(f"a number of moments from {MIN_CAPACITY} to {MAX_MOMENTS}")


def train(options: argparse.Namespace) -> int:
    check_workspace(options.out)
    plan = _plan(options)
    check_new(options.out, options.overwrite, goes_on=options.resume)
    on_cpu = plan.values.get("device", plan.config.train.device) == "cpu"
    with child.without_cards() if on_cpu else nullcontext():
        return _carry_out(options, plan)


def _carry_out(options: argparse.Namespace, plan: Plan) -> int:
    data = load_data(plan.config.dataset, options.data_dir, options.download)
    config = replace(plan.config, dataset=portable_name(data.name, data.digest))
    try:
        run = _start(config, plan, data, options.timeline)
    except DeviceError as error:
        raise _with_options(error) from error
    if warning := unbounded_density_warning(run.trainer.config.model.likelihood, data.train.images):
        print_error(warning)
    with stop_signals() as received:
        lost: OutputLostError | None = None
        try:
            _train(run, data, options, received)
        except OutputLostError as error:  # who read along went away; the run is kept all the same
            lost = error
        saved = _save(run, data, options.out)
    if lost is not None:
        raise lost
    say_to_people(options, f"Saved {saved} after {run.trainer.shown_step:,} steps.")
    if options.json:
        print_json(end_line(run, saved, stopped=not run.trainer.finished))
    if received and not run.trainer.finished:
        say_to_people(options, f"Stopped: go on with --resume {saved}")
        return SIGNALLED + received[0]
    return 0 if saved == options.out else BAD_INPUT


def _plan(options: argparse.Namespace) -> Plan:
    take_config(options)
    values = given_settings(options)
    source = options.resume or options.origin
    if source is None:
        dataset = chosen_dataset(options)
        if options.preset is None or dataset is None:
            raise UserError("Name what to train: --preset and --dataset, or --resume or --from.")
        if options.preset not in PRESETS:
            raise UserError(
                f"There is no preset “{options.preset}”: choose one of {', '.join(PRESETS)}."
            )
        return Plan(new_run(PRESETS[options.preset], dataset), values, None)
    if options.preset is not None:
        raise UserError("--preset starts a new run: leave it out with --resume and --from.")
    workspace = files.load(source)
    config = workspace.checkpoint.config
    config = replace(config, dataset=dataset_of(options, config.dataset))
    if options.resume is None:
        return Plan(config, values, None)
    config = resumed_config(config, workspace.checkpoint, values, _ANEW)
    return Plan(config, values, workspace)


def _start(config: RunConfig, plan: Plan, data: ImageData, moments: int | None) -> "HeadlessRun":
    """moments: of a new timeline; a resumed run goes on with its own."""
    warm_up_training()
    from vae_gui.core.vae.run.headless import HeadlessRun, resumed_run

    timeline = Timeline(moments) if moments else None
    if plan.resumed is None:
        config = with_settings(config, plan.values, data.side)
        return HeadlessRun(config, data, uuid.uuid4().hex, timeline=timeline)
    checkpoint, rows = plan.resumed.checkpoint, plan.resumed.history
    timeline = plan.resumed.timeline or timeline
    return resumed_run(config, data, checkpoint, rows, timeline, plan.values, _LONGER)


def _train(
    run: "HeadlessRun", data: ImageData, options: argparse.Namespace, received: list[int]
) -> None:
    """Train and report, to the end or until a signal is received."""
    line = ProgressLine()
    trainer, autosave = run.trainer, PeriodicSave(options.out)
    if options.json:
        print_json(start_line(run))
    saved = time.monotonic()

    def go_on() -> bool:
        now = trainer.config.train_at(trainer.steps_done)
        place = schedule.place(now, trainer.steps_done, len(data.train))
        line.show(Progress(trainer.steps_done, trainer.total_steps, place.capitalize()))
        return not received

    try:
        for epoch in run.epochs(go_on):
            line.clear()
            _report(epoch, trainer.config, len(data.train), options.json)
            if run.warning:
                print_error(run.warning)
                run.warning = ""
            if time.monotonic() - saved > AUTOSAVE_SECONDS and run.last_good is not None:
                title = run_title(trainer.config, data)
                autosave.save(
                    Workspace(title, run.last_good, history=run.rows(), timeline=run.timeline)
                )
                saved = time.monotonic()
    except OutputLostError:
        raise
    except Exception as error:  # whatever it is, what was learned is kept
        line.clear()
        _keep_last_good(run, data, options.out, error)
    finally:
        line.clear()


def _keep_last_good(run: "HeadlessRun", data: ImageData, out: Path, error: Exception) -> NoReturn:
    """Save the last whole epoch, if there was one, and pass the error on."""
    if run.last_good is None:
        raise _with_options(error) from error
    step, rows = run.last_good.snapshot.step, run.rows()
    rows = rows.until(step)
    title = run_title(run.last_good.config, data)
    timeline = run.timeline and run.timeline.until(step, run.last_good.snapshot.run_id)
    saved = save_somewhere(Workspace(title, run.last_good, history=rows, timeline=timeline), out)
    kept = f"“{saved}” has the run as it was after step {step:,}"
    if isinstance(error, UserError):
        raise UserError(
            f"{error} {kept}: go on from there with {_way_on(error, saved)}."
        ) from error
    print_error(f"{kept}.")
    raise error


def _way_on(error: UserError, saved: Path) -> str:
    if not isinstance(error, DeviceError):
        return f"--resume {saved} and a lower --set learning_rate="
    return f"--resume {saved}{' --device cpu' if error.cpu else ''}"


def _with_options(error: Exception) -> Exception:
    """Return the error; one that the CPU does not have names the option for it."""
    if isinstance(error, DeviceError) and error.cpu:
        return UserError(f"{error} The CPU is --device cpu.")
    return error


def _save(run: "HeadlessRun", data: ImageData, out: Path) -> Path:
    """Save the run as it is now; returns where."""
    from vae_gui.core.sweeps.finished_run import as_workspace

    checkpoint = run.trainer.checkpoint()
    title = run_title(checkpoint.config, data)
    made = as_workspace(title, checkpoint, run.rows(), data, run.timeline)
    return save_somewhere(carry_out(made), out)


def _report(epoch: "EpochResult", config: RunConfig, train_images: int, as_json: bool) -> None:
    exact = epoch.test.exact
    if as_json:
        print_json(
            {
                "epoch": epoch.number,
                "train": _losses(loss_values, config, epoch.train),
                "test": _losses(loss_values, config, epoch.test),
                **({} if exact is None else {"exact_em": _losses(loss_values, config, exact)}),
                "seconds": round(epoch.seconds, 4),
                "images_per_second": round(epoch.images_per_second, 1),
            }
        )
        return
    train = config.train_at(epoch.test.step)
    place = f"epoch {epoch.number:>3}/{train.epochs}"
    if schedule.steps_decide(train, train_images):
        place = f"step {epoch.test.step:>6}/{train.min_steps}"
    test = f"{measured_on(config.train)} {_losses(loss_text, config, epoch.test)}"
    if exact is not None:
        place += "   exact EM"
        test += f", −log p(x) at most {exact.reconstruction + exact.kl:.2f}"
    print_line(
        f"{place}   train {_losses(loss_text, config, epoch.train)}   {test}"
        f"   {epoch.seconds:.1f} s   {epoch.images_per_second:,.0f} images/s"
    )


def _losses(
    give: Callable[[ModelConfig, float, float, float], Given], config: RunConfig, of: "Evaluation"
) -> Given:
    return give(config.model, of.loss, of.reconstruction, of.kl)


def say_to_people(options: argparse.Namespace, text: str) -> None:
    """Print a line for people, not among the lines of JSON."""
    if not options.json:
        print_line(text)
