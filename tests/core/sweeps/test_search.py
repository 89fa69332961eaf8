"""A search: settings are chosen within their bounds, and a run that is behind the others is given up."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.fake_windows import posix_only, said_on_windows
from vae_gui.core.datasets import DATASETS
from vae_gui.core.storage.workspace import load
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.sweeps.best import best_of
from vae_gui.core.sweeps.folder import SEARCH, SweepFolder
from vae_gui.core.sweeps.plan import SweepPlan, plan_of
from vae_gui.core.sweeps.rows import DONE, PRUNED, RunRow
from vae_gui.core.sweeps.sweep import sweep
from vae_gui.core.vae.evaluation import evaluate
from vae_gui.core.vae.held_out import HELD_OUT, as_seen_by

optuna = pytest.importorskip("optuna")
search = pytest.importorskip("vae_gui.core.sweeps.search")
RATES = [0.003, 0.004, 0.005, 0.006, 1e-6]


def plan(**entries: object) -> SweepPlan:
    head = {"preset": "s3-mlp", "dataset": "digits", "settings": {"epochs": 6, "batch_size": 256}}
    return plan_of({**head, "search": entries})


def carried_out(plan: SweepPlan, folder: SweepFolder) -> list[RunRow]:
    kept = folder.begin(plan)
    assert plan.search is not None
    journal = folder.path / SEARCH
    assert search.begin(plan.search, folder) == ""
    work = partial(search.try_one, journal=journal)
    with ThreadPoolExecutor(1) as here:
        return list(sweep(search.trials_of(plan, kept, Path(), 1), here, folder, work=work))


def test_runs_that_are_behind_are_given_up(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path / "sweep")
    rows = carried_out(plan(trials=16, learning_rate=RATES), folder)
    assert len(rows) == 16
    pruned = [row for row in rows if row.status == PRUNED]
    done = {row.name for row in rows if row.status == DONE}
    last = max(row.steps for row in rows)
    assert pruned and all(last / 3 <= row.steps < last for row in pruned)
    assert {row.measured_on for row in rows} == {HELD_OUT}
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


SMALL = {"trials": 3, "beta": {"low": 0.5, "high": 8, "log": True}, "latent_dim": [2, 3]}


def journal_of(folder: SweepFolder, search_plan: SweepPlan) -> "optuna.Study":
    assert search_plan.search is not None
    return search._study(search_plan.search, folder.path / SEARCH, 0)


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A search of three runs."""
    path = tmp_path_factory.mktemp("swept") / "sweep"
    carried_out(plan(**SMALL), SweepFolder(path))
    return path


def flipped(content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join([*lines[:4], lines[4].replace(b":", b"\x00"), *lines[5:]])


DAMAGES = {
    "flipped": flipped,
    "of something else": lambda _: b"dear diary\nit rained\n" * 9,
    "binary": lambda _: bytes(range(256)) * 99,
    "lists": lambda _: b"[]\n" * 9,
    "deep": lambda _: b"[" * 100_000 + b"\n",
    "another study": lambda content: content.replace(b'"sweep"', b'"other"'),
    "other settings": lambda content: content.replace(b'"beta"', b'"gamma"'),
    "two objectives": lambda content: content.replace(b'"directions":[1]', b'"directions":[1,1]'),
    "empty": lambda _: b"",
    "first lines": lambda content: b"".join(content.splitlines(keepends=True)[:3]),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_journal_of_no_use_is_kept_aside_and_made_anew(
    swept: Path, tmp_path: Path, damage
) -> None:
    folder, wanted = SweepFolder(tmp_path / "sweep"), plan(**SMALL)
    shutil.copytree(swept, folder.path)
    before = journal_of(folder, wanted).trials
    journal = folder.path / SEARCH
    content = damage(journal.read_bytes())
    journal.write_bytes(content)
    folder.begin(wanted)
    said = search.begin(wanted.search, folder)
    assert "search.journal.1.damaged" in said and "3 runs" in said
    assert (folder.path / "search.journal.1.damaged").read_bytes() == content
    after = journal_of(folder, wanted).trials
    assert [t.params for t in after] == [t.params for t in before]
    assert [t.values for t in after] == [t.values for t in before]
    assert [t.intermediate_values for t in after] == [t.intermediate_values for t in before]
    assert search.begin(wanted.search, folder) == ""


def test_a_journal_that_cannot_be_read_now_is_not_put_aside(
    swept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, wanted = SweepFolder(tmp_path / "sweep"), plan(**SMALL)
    shutil.copytree(swept, folder.path)
    folder.begin(wanted)

    def locked(*_: object, **__: object) -> None:
        raise PermissionError(13, "Another process has it open")

    with monkeypatch.context() as patched:
        patched.setattr("optuna.storages.journal._file.open", locked, raising=False)
        with pytest.raises(UserError, match="cannot be read: Another process"):
            search.begin(wanted.search, folder)
    assert search.begin(wanted.search, folder) == ""


STUDY_ON_WINDOWS = """
import sys
from pathlib import Path
from vae_gui.core.sweeps import search
from vae_gui.core.sweeps.search_space import search_of
wanted = search_of({"trials": 1, "beta": [1, 2]})
study = search._study(wanted, Path(sys.argv[1]), 0)
trial = study.ask(search._distributions(wanted))
study.tell(trial, 1.0)
print(len(search._study(wanted, Path(sys.argv[1]), 0).trials))
"""


def test_the_journal_is_locked_without_links_which_windows_gives_to_few(tmp_path: Path) -> None:
    assert said_on_windows(STUDY_ON_WINDOWS, tmp_path / SEARCH) == "1\n"


def test_a_line_that_a_kill_cut_is_forgotten(swept: Path, tmp_path: Path) -> None:
    folder, wanted = SweepFolder(tmp_path / "sweep"), plan(**SMALL)
    shutil.copytree(swept, folder.path)
    with (folder.path / SEARCH).open("ab") as file:
        file.write(b'{"op_code":4,"work')
    folder.begin(wanted)
    assert search.begin(wanted.search, folder) == ""
    assert len(journal_of(folder, wanted).trials) == 3
    journal_of(folder, wanted).ask()  # what is written now stands on a line of its own
    assert len(journal_of(folder, wanted).trials) == 4


def test_a_journal_that_is_damaged_meanwhile_costs_a_run_that_says_so(
    swept: Path, tmp_path: Path
) -> None:
    wanted = plan(**SMALL)
    (tmp_path / SEARCH).write_bytes(flipped((swept / SEARCH).read_bytes()))
    (order,) = search.trials_of(wanted, {"trial-0000", "trial-0001"}, Path(), 1)
    with pytest.raises(UserError, match="run the same command again"):
        search.try_one(order, tmp_path / SEARCH)


@posix_only("pipes in folders")
def test_a_pipe_in_place_of_the_journal_is_not_read(swept: Path, tmp_path: Path) -> None:
    folder, wanted = SweepFolder(tmp_path / "sweep"), plan(**SMALL)
    shutil.copytree(swept, folder.path)
    (folder.path / SEARCH).unlink()
    os.mkfifo(folder.path / SEARCH)
    assert "3 runs" in search.begin(wanted.search, folder)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"likelihood": ["bernoulli", "gaussian"]}, "do not compare"),
        ({"dataset": ["mnist", "digits"]}, "data set"),
        ({"side": [28, 32]}, "size of the images"),
        ({"held_out": [0.1, 0.2]}, "held-out"),
        ({"architecture": ["mlp-256", "autoencoder-512"]}, "plain autoencoder"),
    ],
)
def test_what_does_not_compare_is_refused_before_a_run_begins(
    entries: dict[str, list[object]], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        plan(**entries)


def test_an_autoencoder_is_refused_and_densities_are_not() -> None:
    with pytest.raises(UserError, match="plain autoencoder"):
        plan_of({"preset": "s1-ae-mlp", "dataset": "digits", "search": {"seed": 1, "beta": [1, 2]}})
    plan(likelihood=["gaussian", "gaussian-learned", "continuous-bernoulli"])


def test_a_search_chooses_by_held_out_images_and_measures_the_best_once_on_the_test_images(
    tmp_path: Path,
) -> None:
    folder = SweepFolder(tmp_path / "sweep")
    rows = carried_out(plan(trials=2, learning_rate=[0.003, 0.005]), folder)
    data = finish(DATASETS["digits"].load(Path(), False))
    best = best_of(folder, data)
    assert best is not None and best.chosen_by == min(row.negative_elbo for row in rows)
    row = next(row for row in rows if row.name == best.name)
    checkpoint = load(folder.path / row.file).checkpoint
    for images, said in (
        (as_seen_by(checkpoint.config.train, data), best.chosen_by),
        (data, best.test),
    ):
        fresh = finish(evaluate(checkpoint.config, checkpoint.snapshot, images, samples=0))
        assert fresh.elbo is not None
        assert said == pytest.approx(-fresh.elbo, rel=1e-6)
    (folder.path / row.file).unlink()
    assert best_of(folder, data) == best  # and is not measured again
