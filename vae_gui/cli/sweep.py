"""`vae-gui sweep`: many runs of one file, on worker processes here or on other machines."""

import argparse
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from vae_gui.cli.data import load_data
from vae_gui.cli.output import ProgressLine, print_error, print_json, print_line
from vae_gui.cli.parser import BAD_INPUT, SIGNALLED, add_data_folder, add_json
from vae_gui.cli.saving import stop_signals
from vae_gui.cli.settings import read_toml
from vae_gui.core.datasets.places import default_data_folder
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress
from vae_gui.core.sweeps.dask_workers import CLUSTERS, MAX_WORKERS, of_cluster, of_scheduler
from vae_gui.core.sweeps.folder import SEARCH, SweepFolder
from vae_gui.core.sweeps.plan import SweepPlan, plan_of
from vae_gui.core.sweeps.rows import DONE, FAILED, RunRow
from vae_gui.core.sweeps.search_space import LOWEST_LOSS

MAX_PORT = 65535


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "sweep",
        help="train many models: a grid, a list, or a search",
        description="What is finished is kept, however a sweep ends; the same command goes on where it stopped.",
    )
    parser.add_argument(
        "file", type=Path, metavar="SWEEP.toml", help="preset, dataset and the runs"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", required=True, help="the sweep's folder")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=_workers,
        metavar="N",
        help="processes of this machine (default: one a card, or one a core; more than there are cards train on the CPU)",
    )
    where.add_argument("--scheduler", metavar="ADDRESS", help="of Dask, as tcp://host:8786")
    where.add_argument("--cluster", choices=CLUSTERS, help="of Dask, started for this sweep")
    parser.add_argument(
        "--dashboard",
        type=_port,
        metavar="PORT",
        help="show the pages of Dask's --cluster, to this machine alone (default: no pages)",
    )
    parser.add_argument(
        "--threads",
        type=_workers,
        metavar="T",
        help="of each run (default: the cores are shared out)",
    )
    add_data_folder(parser)
    parser.add_argument(
        "--download", action="store_true", help="fetch the data set if it is not there"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def _workers(text: str) -> int:
    return _number(text, MAX_WORKERS)


def _port(text: str) -> int:
    return _number(text, MAX_PORT)


def _number(text: str, largest: int) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= largest:
        return int(text)
    raise argparse.ArgumentTypeError(f"a number from 1 to {largest}")


def run(options: argparse.Namespace) -> int:
    if options.dashboard is not None and options.cluster is None:
        raise UserError("--dashboard shows the pages of a --cluster: name one, or leave it out.")
    plan = plan_of(read_toml(options.file))
    folder = SweepFolder(options.out)
    with folder.held():
        return _run(plan, folder, options)


def _run(plan: SweepPlan, folder: SweepFolder, options: argparse.Namespace) -> int:
    kept = folder.begin(plan)
    if len(kept) < plan.size:  # what is missing is said now, and not by each worker
        plan = replace(
            plan, dataset=load_data(plan.dataset, options.data_dir, options.download).name
        )
    with stop_signals() as received:
        failed = _carry_out(plan, kept, folder, options, received)
    if received:
        _tell(options, f"Stopped: the same command goes on in “{options.out}”.")
        return SIGNALLED + received[0]
    if folder.problem:
        print_error(f"{folder.problem} Then give the same command again: it adds what is missing.")
        return BAD_INPUT
    if failed:
        print_error(f"{failed} runs failed; “{folder.results.path}” says why.")
        return BAD_INPUT
    if plan.search is not None and plan.search.objective == LOWEST_LOSS:
        _say_best(plan, folder, options)
    return 0


def _say_best(plan: SweepPlan, folder: SweepFolder, options: argparse.Namespace) -> None:
    """The best run of a search, which is measured on the test images now, and alone."""
    from vae_gui.core.sweeps.best import best_of

    best = best_of(folder, load_data(plan.dataset, options.data_dir, options.download))
    if best is None:
        return
    if options.json:
        print_json({"best": asdict(best)})
        return
    print_line(
        f"The best is {best.name}: −ELBO {best.chosen_by:.2f} by the images that chose it, "
        f"{best.test:.2f} of the test images."
    )


def _carry_out(
    plan: SweepPlan,
    kept: dict[str, RunRow],
    folder: SweepFolder,
    options: argparse.Namespace,
    received: list[int],
) -> int:
    """Carry out the runs that are not there yet, and return how many of them failed."""
    from vae_gui.core.sweeps import search
    from vae_gui.core.sweeps.one_run import Order, train_one
    from vae_gui.core.sweeps.rows import Finished
    from vae_gui.core.sweeps.sweep import sweep

    place = (default_data_folder() if options.data_dir is None else options.data_dir).resolve()
    total, line, done, failed = plan.size, ProgressLine(), len(kept), 0
    if kept:
        _tell(options, f"{len(kept)} of {total} runs are there.")
    with _executor(plan, options) as (executor, threads):
        if plan.search is None:
            work: Callable[[Order], Finished] = train_one
            orders = [Order(plan, r, place, threads) for r in plan.runs if r.name not in kept]
        else:
            if problem := search.begin(plan.search, folder):
                _tell(options, problem)
            journal = (options.out / SEARCH).resolve()
            work = partial(search.try_one, journal=journal)
            orders = search.trials_of(plan, kept, place, threads)
        rows = sweep(orders, executor, folder, lambda: bool(received), work)
        line.show(Progress(done, total, "Sweeping"))
        told = False
        for row in rows:
            done, failed = done + 1, failed + (row.status == FAILED)
            line.clear()
            _report(row, done, total, options)
            if folder.problem and not told:
                print_error(f"{folder.problem} The sweep goes on, and writes its rows later.")
            told = bool(folder.problem)
            line.show(Progress(done, total, "Sweeping"))
        line.clear()
    return failed


@contextmanager
def _executor(plan: SweepPlan, options: argparse.Namespace) -> Iterator[tuple[Executor, int]]:
    """The workers, and how many threads each has."""
    cores = os.cpu_count() or 1
    if options.scheduler is not None or options.cluster is not None:
        with (
            of_cluster(options.cluster, options.dashboard)
            if options.cluster is not None
            else of_scheduler(options.scheduler)
        ) as executor:
            yield executor, options.threads or 1
        return
    from vae_gui.core.sweeps.places import places_of
    from vae_gui.core.sweeps.workers import LocalWorkers
    from vae_gui.core.vae.devices import card_count

    places = places_of(plan, card_count(), cores, options.workers)
    workers = LocalWorkers(places)
    try:
        yield workers, options.threads or max(1, cores // len(places))
    finally:
        workers.stop()


def _report(row: RunRow, done: int, total: int, options: argparse.Namespace) -> None:
    if options.json:
        values = {name: getattr(row, name) for name in RunRow.__dataclass_fields__}
        print_json(values | {"settings": row.own_settings})
        return
    what = row.title
    if row.status != DONE:
        print_line(f"{done:>4}/{total}  {what}   {row.status}  {row.error}".rstrip())
        return
    losses = f"reconstruction {row.reconstruction:.2f}"
    if row.negative_elbo == row.negative_elbo:
        losses = f"−ELBO {row.negative_elbo:.2f}   {losses}   KL {row.kl:.2f}"
    print_line(f"{done:>4}/{total}  {what}   {losses}   {row.seconds:.1f} s")
    if row.error:
        print_line(f"{'':9}  {row.error}")


def _tell(options: argparse.Namespace, text: str) -> None:
    if not options.json:
        print_line(text)
