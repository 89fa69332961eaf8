"""`vae-gui sweep`: real processes, killed and stopped, on workers of this machine and of Dask."""

import csv
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Call
from tests.fake_windows import linux_only, posix_only
from tests.processes import children, is_running, wait_until
from tests.tiny import tiny_data
from tests.waiting import WAIT_SECONDS
from vae_gui.core.storage import workspace as files
from vae_gui.core.sweeps.folder import SweepFolder
from vae_gui.core.sweeps.plan import plan_of

FOUR = """
preset = "s3-mlp"
dataset = "digits"

[settings]
epochs = 1
batch_size = 512

[grid]
beta = [1, 4]
seed = [0, 1]
"""
SEARCH = """
preset = "s3-mlp"
dataset = "digits"

[settings]
epochs = 2
batch_size = 512

[search]
trials = 3
beta = { low = 0.5, high = 8, log = true }
latent_dim = { low = 2, high = 4 }
"""


def written(folder: Path, text: str = FOUR) -> Path:
    path = folder / "sweep.toml"
    path.write_text(text)
    return path


def rows_of(folder: Path) -> list[dict[str, str]]:
    path = folder / "results.csv"
    return list(csv.DictReader(path.read_text().splitlines())) if path.exists() else []


def started(file: Path, out: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "vae_gui", "sweep", str(file), "--out", str(out), "--workers", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


@linux_only("reads /proc")
def test_a_sweep_that_was_stopped_half_way_goes_on(tmp_path: Path, call: Call) -> None:
    file, out = written(tmp_path, FOUR), tmp_path / "out"
    process = started(file, out)
    wait_until(lambda: bool(rows_of(out)))
    family = children(process.pid)
    process.terminate()
    said, _ = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 128 + signal.SIGTERM
    assert "Stopped: the same command goes on" in said
    assert family
    wait_until(lambda: not any(map(is_running, family)))
    before = rows_of(out)
    assert 1 <= len(before) < 4
    outcome = call("sweep", file, "--out", out, "--workers", 1, "--json")
    assert outcome.code == 0, outcome.err
    assert len(outcome.lines) == 4 - len(before)
    rows = rows_of(out)
    assert rows[: len(before)] == before
    assert len({row["name"] for row in rows}) == len(rows) == 4
    for row in rows:
        assert files.load(out / row["file"]).checkpoint.config.train.beta == float(row["beta"])


def test_dask_gives_the_same_losses_as_workers_of_this_machine(tmp_path: Path, call: Call) -> None:
    distributed = pytest.importorskip("distributed")
    file = written(tmp_path, FOUR)
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None}
    near = {"protocol": "tcp", "host": "127.0.0.1", "processes": False}
    with distributed.LocalCluster(**near, **options) as cluster:
        address = ("--scheduler", cluster.scheduler_address)
        assert call("sweep", file, "--out", tmp_path / "dask", *address).code == 0
    assert call("sweep", file, "--out", tmp_path / "here", "--workers", 1, "--threads", 1).code == 0
    names = ("name", "reconstruction", "kl")
    dask, here = (
        sorted(tuple(row[name] for name in names) for row in rows_of(tmp_path / place))
        for place in ("dask", "here")
    )
    assert dask == here and len(here) == 4


def test_a_search_goes_on_with_what_it_knows(tmp_path: Path, call: Call) -> None:
    optuna = pytest.importorskip("optuna")
    file, out = written(tmp_path, SEARCH), tmp_path / "out"
    assert call("sweep", file, "--out", out, "--workers", 1).code == 0
    rows = rows_of(out)
    (out / rows[-1]["file"]).unlink()
    assert call("sweep", file, "--out", out, "--workers", 1).code == 0
    journal = optuna.storages.journal.JournalFileBackend(str(out / "search.journal"))
    study = optuna.load_study(study_name="sweep", storage=optuna.storages.JournalStorage(journal))
    assert len(study.trials) == 4
    values = {trial.value for trial in study.trials}
    assert {float(row["negative_elbo"]) for row in rows_of(out)} == values
    assert {trial.params["latent_dim"] for trial in study.trials} <= {2, 3, 4}


@posix_only("a link to nowhere")
def test_a_table_that_cannot_be_written_is_said_once_and_ends_nothing(
    tmp_path: Path, call: Call
) -> None:
    file, out = written(tmp_path), tmp_path / "out"
    SweepFolder(out).begin(plan_of(tomllib.loads(FOUR)))
    (out / "results.csv").symlink_to(tmp_path / "gone" / "results.csv")
    arguments = ("sweep", str(file), "--out", str(out), "--workers", "2")
    first = call(*arguments)
    assert first.code == 2 and first.out.count("−ELBO") == 4
    assert first.err.count("The sweep goes on") == 1
    assert first.err.count("adds what is missing") == 1
    (out / "results.csv").unlink()
    again = call(*arguments)
    assert (again.code, again.out, again.err) == (0, "4 of 4 runs are there.\n", "")
    assert len(rows_of(out)) == 4


def test_own_images_are_found_by_their_path(tmp_path: Path, call: Call) -> None:
    images = tmp_path / "mine.npy"
    np.save(images, tiny_data(60, 4).train.images)
    text = f'preset = "s3-mlp"\ndataset = "{images}"\n[settings]\nepochs = 1\n'
    outcome = call("sweep", written(tmp_path, text), "--out", tmp_path / "out", "--workers", 1)
    assert outcome.code == 0, outcome.err
    (row,) = rows_of(tmp_path / "out")
    assert row["status"] == "done"
    for name in ("results.csv", "manifest.json"):
        assert str(tmp_path) not in (tmp_path / "out" / name).read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("preset = ", "is no TOML file"),
        ('preset = "s3-mlp"', "names its dataset"),
        ('preset = "s3-mlp"\ndataset = "mnist"', "does not hold MNIST"),
        (FOUR.replace("[1, 4]", "[-1]"), "must lie between"),
    ],
)
def test_a_file_that_is_no_sweep_is_told_in_one_line(
    text: str, said: str, tmp_path: Path, call: Call
) -> None:
    place = ("--data-dir", tmp_path)
    outcome = call("sweep", written(tmp_path, text), "--out", tmp_path / "out", *place)
    assert outcome.code == 2 and said in outcome.err and len(outcome.err.splitlines()) == 1


def test_two_sweeps_in_one_folder_are_told_in_one_line(tmp_path: Path, call: Call) -> None:
    with SweepFolder(tmp_path / "out").held():
        outcome = call("sweep", written(tmp_path), "--out", tmp_path / "out")
    assert outcome.code == 2 and outcome.lines == []
    assert "Another sweep is at work" in outcome.err and len(outcome.err.splitlines()) == 1


def test_slurm_without_cores_and_memory_says_which_keys_in_which_file(
    tmp_path: Path, call: Call
) -> None:
    dask = pytest.importorskip("dask")
    pytest.importorskip("dask_jobqueue")
    command = ("sweep", written(tmp_path), "--out", tmp_path / "out", "--cluster", "slurm")
    with dask.config.set({"jobqueue.slurm.cores": None, "jobqueue.slurm.memory": None}):
        outcome = call(*command)
        with dask.config.set({"jobqueue.slurm.cores": 2}):
            half = call(*command)
    assert outcome.code == half.code == 2 and len(outcome.err.splitlines()) == 1
    assert "set jobqueue.slurm.cores and jobqueue.slurm.memory in “" in outcome.err
    assert "set jobqueue.slurm.memory in “" in half.err and "jobqueue.yaml" in half.err


def test_the_pages_of_dask_need_a_cluster(tmp_path: Path, call: Call) -> None:
    outcome = call("sweep", written(tmp_path), "--out", tmp_path / "out", "--dashboard", 8787)
    assert outcome.code == 2 and "name one" in outcome.err
