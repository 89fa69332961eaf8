"""A search: Optuna chooses the settings of each run by what it knows of those before (Akiba et al. 2019).

What it knows is a journal in the sweep's folder, which all workers read and write; there is no server.
"""

from collections.abc import Container
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import replace_file
from vae_gui.core.support.packages import require
from vae_gui.core.sweeps.folder import SEARCH, SweepFolder
from vae_gui.core.sweeps.one_run import Order, train_one
from vae_gui.core.sweeps.plan import PlannedRun, SweepPlan
from vae_gui.core.sweeps.rows import DONE, PRUNED, Finished, RunRow
from vae_gui.core.sweeps.search_space import FRONT, MAX_SEED, Range, Search
from vae_gui.core.sweeps.summary import NO_TRAIL, Trail, trails_by_name

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.storages import JournalStorage
    from optuna.trial import FrozenTrial

STUDY = "sweep"
MAX_JOURNAL_BYTES = 512 * 2**20
SHARES = 1000  # of a run, in which Optuna is told how far it is
PRUNE_FROM = 1 / 3  # of a run: before that none is given up
PACKAGES = {"optuna": "optuna>=5.0"}


def trials_of(plan: SweepPlan, known: Container[str], folder: Path, threads: int) -> list[Order]:
    """An order for each trial but those whose names are known; its worker fills in the settings."""
    assert plan.search is not None
    names = [f"trial-{number:04d}" for number in range(plan.search.trials)]
    return [Order(plan, PlannedRun(n, ()), folder, threads) for n in names if n not in known]


def begin(search: Search, folder: SweepFolder) -> str:
    """Make the journal, or go on with it; returns a sentence where it was of no use, else "".

    A journal that is damaged, that another search wrote, or that knows less than the tables of the sweep is put
    aside, and a new one is made of the tables. Raises UserError without Optuna.
    """
    require(PACKAGES, "A search")
    journal, known = folder.path / SEARCH, _trials_in(folder, search)
    there = journal.is_symlink() or journal.exists()
    readable = journal.is_file() and journal.stat().st_size <= MAX_JOURNAL_BYTES
    if readable and _knows(search, journal, len(known)):
        _cut_unfinished_line(journal)
        return ""
    aside = _put_aside(journal) if there else None
    study = _study(search, journal, search.seed)
    for trial in known:
        study.add_trial(trial)
    if aside is None:
        return ""
    return (
        f"“{SEARCH}” was damaged or of another search: it is kept as “{aside.name}”, and the search "
        f"goes on with what the tables tell of {len(known)} runs."
    )


def try_one(order: Order, journal: Path) -> Finished:
    """Ask for settings, train with them, and tell what came of it; a run that is behind the others is pruned."""
    from optuna.trial import TrialState

    search = order.plan.search
    assert search is not None
    number = int(order.run.name.rpartition("-")[2])
    try:
        study = _study(search, journal, (search.seed + number) % (MAX_SEED + 1))
        trial = study.ask(_distributions(search))
    except Exception as error:  # Optuna checks nothing of what it reads
        raise UserError(
            f"“{SEARCH}” cannot be read: run the same command again, which mends it."
        ) from error
    values = tuple((name, trial.params[name]) for name, _ in search.space)

    def goes_on(done: float, negative_elbo: float) -> bool:
        if search.objective == FRONT:
            return True
        # Runs of other lengths and batches are compared where they are equally far.
        trial.report(negative_elbo, round(done * SHARES))
        return not trial.should_prune()

    run = PlannedRun(order.run.name, values)
    try:
        finished = train_one(replace(order, run=run), goes_on)
    except BaseException:
        study.tell(trial, state=TrialState.FAIL)
        raise
    row = finished.row
    if row.status == PRUNED:
        study.tell(trial, state=TrialState.PRUNED)
    else:
        study.tell(trial, _objectives(search, row))
    return finished


def _study(search: Search, journal: Path, seed: int) -> "Study":
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(
        storage=_storage(journal),
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_warmup_steps=round(PRUNE_FROM * SHARES)),
        study_name=STUDY,
        directions=["minimize"] * _count(search),
        load_if_exists=True,
    )


def _storage(journal: Path) -> "JournalStorage":
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

    # Windows gives links, which are Optuna's other kind of lock, to administrators alone.
    return JournalStorage(JournalFileBackend(str(journal), JournalFileOpenLock(str(journal))))


def _distributions(search: Search) -> "dict[str, BaseDistribution]":
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    def of(among: object) -> "BaseDistribution":
        if not isinstance(among, Range):
            return CategoricalDistribution(among)
        if among.whole:
            return IntDistribution(int(among.low), int(among.high), log=among.logarithmic)
        return FloatDistribution(among.low, among.high, log=among.logarithmic)

    return {name: of(among) for name, among in search.space}


def _count(search: Search) -> int:
    return 2 if search.objective == FRONT else 1


def _objectives(search: Search, row: RunRow) -> list[float]:
    return [row.kl, row.reconstruction] if search.objective == FRONT else [row.negative_elbo]


def _knows(search: Search, journal: Path, trials: int) -> bool:
    """Say whether a journal is of this search, can be read, and tells of at least so many finished trials."""
    from optuna import load_study
    from optuna.distributions import check_distribution_compatibility
    from optuna.trial import TrialState

    wanted = _distributions(search)
    try:
        study = load_study(study_name=STUDY, storage=_storage(journal))
        told = study.get_trials(deepcopy=False)
        if len(study.directions) != _count(search):
            return False
        for trial in told:
            for name, distribution in trial.distributions.items():
                check_distribution_compatibility(wanted[name], distribution)
            if trial.state == TrialState.COMPLETE and (
                len(trial.values) != _count(search) or not np.isfinite(trial.values).all()
            ):
                return False
    except OSError as error:  # which says nothing of what it holds
        raise UserError(f"“{journal}” cannot be read: {error.strerror}.") from error
    except Exception:  # Optuna checks nothing of what it reads
        return False
    return sum(trial.state in (TrialState.COMPLETE, TrialState.PRUNED) for trial in told) >= trials


def _trials_in(folder: SweepFolder, search: Search) -> "list[FrozenTrial]":
    """Return the finished runs in the tables of a sweep as Optuna's trials."""
    rows = {row.name: row for row in folder.results.all_rows()}
    trails = trails_by_name(folder.evaluations.all_rows())
    found = (_trial(search, row, trails.get(row.name, NO_TRAIL)) for row in rows.values())
    return [trial for trial in found if trial is not None]


def _trial(search: Search, row: RunRow, trail: Trail) -> "FrozenTrial | None":
    """Return a row as Optuna's trial; None for a run that tells nothing of this search."""
    from optuna import create_trial
    from optuna.trial import TrialState

    states = {DONE: TrialState.COMPLETE, PRUNED: TrialState.PRUNED}
    objectives, own = _objectives(search, row), row.own_settings
    if row.status not in states or not np.isfinite(objectives).all():
        return None
    # How far a run was that did not go on to its end, the tables do not tell; Optuna compares with whole ones alone.
    compares = search.objective != FRONT and row.status == DONE
    try:
        return create_trial(
            state=states[row.status],
            values=objectives if row.status == DONE else None,
            params={name: own[name] for name, _ in search.space},
            distributions=_distributions(search),
            intermediate_values=_looks(trail) if compares else {},
        )
    except (KeyError, TypeError, ValueError):  # a setting that this search does not choose
        return None


def _looks(trail: Trail) -> dict[int, float]:
    """Return −ELBO by the share of a whole run, as `try_one` reports it."""
    steps = trail[-1, 0] if len(trail) else 1.0
    return {
        round(step / steps * SHARES): reconstruction + kl
        for step, reconstruction, kl in trail.tolist()
    }


def _cut_unfinished_line(journal: Path) -> None:
    """Cut off what a kill left of a line: the next one would be written behind it."""
    try:
        with journal.open("r+b") as file:
            content = file.read()
            file.truncate(content.rfind(b"\n") + 1)
    except OSError as error:
        raise UserError(f"“{journal}” cannot be read: {error.strerror}.") from error


def _put_aside(journal: Path) -> Path:
    """Rename a journal; returns its new path."""
    names = (f"{journal.name}.{number}.damaged" for number in range(1, 1000))
    aside = next(path for path in map(journal.with_name, names) if not path.exists())
    try:
        replace_file(journal, aside)
    except OSError as error:
        raise UserError(f"“{journal}” is damaged: delete it. ({error.strerror})") from error
    return aside
