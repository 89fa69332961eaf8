"""A search: settings are chosen within their bounds, and a run that is behind the others is given up."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from vae_gui.core.sweeps.folder import SEARCH, SweepFolder
from vae_gui.core.sweeps.plan import SweepPlan, plan_of
from vae_gui.core.sweeps.rows import DONE, PRUNED, RunRow
from vae_gui.core.sweeps.sweep import sweep

optuna = pytest.importorskip("optuna")
search = pytest.importorskip("vae_gui.core.sweeps.search")
RATES = [0.003, 0.004, 0.005, 0.006, 1e-6]


def plan(**entries: object) -> SweepPlan:
    head = {"preset": "s3-mlp", "dataset": "digits", "settings": {"epochs": 3, "batch_size": 256}}
    return plan_of({**head, "search": entries})


def carried_out(plan: SweepPlan, folder: SweepFolder) -> list[RunRow]:
    kept = folder.begin(plan)
    assert plan.search is not None
    journal = folder.path / SEARCH
    search.begin(plan.search, journal)
    work = partial(search.try_one, journal=journal)
    with ThreadPoolExecutor(1) as here:
        return list(sweep(search.trials_of(plan, kept, Path(), 1), here, folder, work=work))


def test_runs_that_are_behind_are_given_up(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path / "sweep")
    rows = carried_out(plan(trials=16, learning_rate=RATES), folder)
    assert len(rows) == 16
    pruned = [row for row in rows if row.status == PRUNED]
    done = {row.name for row in rows if row.status == DONE}
    assert pruned and max(row.steps for row in pruned) < min(
        r.steps for r in rows if r.name in done
    )
    looks = folder.evaluations.all_rows()
    for row in pruned:
        at_its_step = [
            e.reconstruction + e.kl for e in looks if e.step == row.steps and e.name in done
        ]
        assert row.negative_elbo > np.median(at_its_step)
    assert not any(row.file for row in pruned)
    # and what is known of them is not tried again
    again = carried_out(plan(trials=16, learning_rate=RATES), SweepFolder(tmp_path / "sweep"))
    assert again == []


def test_a_front_has_two_objectives_and_gives_nothing_up(tmp_path: Path) -> None:
    wanted = plan(
        trials=6,
        objective="front",
        beta={"low": 0.5, "high": 8, "log": True},
        latent_dim={"low": 2, "high": 3},
    )
    rows = carried_out(wanted, SweepFolder(tmp_path / "sweep"))
    assert {row.status for row in rows} == {DONE}
    assert all(0.5 <= row.beta <= 8 and row.latent_dim in (2, 3) for row in rows)
    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(str(tmp_path / "sweep" / SEARCH))
    )
    study = optuna.load_study(study_name="sweep", storage=storage)
    best = {tuple(trial.values) for trial in study.best_trials}
    assert best <= {(row.kl, row.reconstruction) for row in rows}
