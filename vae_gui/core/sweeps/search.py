"""A search: Optuna chooses the settings of each run by what it knows of those before (Akiba et al. 2019).

What it knows is a journal in the sweep's folder, which all workers read and write; there is no server.
"""

from collections.abc import Container
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vae_gui.core.support.packages import require
from vae_gui.core.support.settings import Value
from vae_gui.core.sweeps.one_run import Order, train_one
from vae_gui.core.sweeps.plan import PlannedRun, SweepPlan
from vae_gui.core.sweeps.rows import PRUNED, Finished
from vae_gui.core.sweeps.search_space import FRONT, Range, Search

if TYPE_CHECKING:
    from optuna import Study, Trial

STUDY = "sweep"
PACKAGES = {"optuna": "optuna>=5.0"}


def trials_of(plan: SweepPlan, known: Container[str], folder: Path, threads: int) -> list[Order]:
    """An order for each trial but those whose names are known; its worker fills in the settings."""
    assert plan.search is not None
    names = [f"trial-{number:04d}" for number in range(plan.search.trials)]
    return [Order(plan, PlannedRun(n, ()), folder, threads) for n in names if n not in known]


def begin(search: Search, journal: Path) -> None:
    """Make the journal, or go on with it; raises UserError without Optuna."""
    require(PACKAGES, "A search")
    _study(search, journal, search.seed)


def try_one(order: Order, journal: Path) -> Finished:
    """Ask for settings, train with them, and tell what came of it; a run that is behind the others is pruned."""
    from optuna.trial import TrialState

    search = order.plan.search
    assert search is not None
    study = _study(search, journal, search.seed + int(order.run.name.rpartition("-")[2]))
    trial = study.ask()
    values = tuple((name, _suggested(trial, name, among)) for name, among in search.space)

    def goes_on(step: int, reconstruction: float, kl: float) -> bool:
        if search.objective == FRONT:
            return True
        trial.report(reconstruction + kl, step)
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
        front = search.objective == FRONT
        study.tell(trial, [row.kl, row.reconstruction] if front else row.negative_elbo)
    return finished


def _study(search: Search, journal: Path, seed: int) -> "Study":
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    objectives = 2 if search.objective == FRONT else 1
    return optuna.create_study(
        storage=JournalStorage(JournalFileBackend(str(journal))),
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_warmup_steps=1),
        study_name=STUDY,
        directions=["minimize"] * objectives,
        load_if_exists=True,
    )


def _suggested(trial: "Trial", name: str, among: Range | tuple[Value, ...]) -> Value:
    if not isinstance(among, Range):
        chosen: Value = trial.suggest_categorical(name, among)
        return chosen
    if among.whole:
        return int(trial.suggest_int(name, int(among.low), int(among.high), log=among.logarithmic))
    return float(trial.suggest_float(name, among.low, among.high, log=among.logarithmic))
