"""No way of starting a process runs Python files of the working folder, and no child outlives what started it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import REPOSITORY
from tests.core.datasets.io.servers import serving
from tests.core.support import subprocess_work
from tests.fake_windows import linux_only
from tests.processes import family, is_running, listening, wait_until
from tests.tiny import tiny_config, tiny_data
from vae_gui.cli import import_check
from vae_gui.core.datasets.io.fetch import fetch
from vae_gui.core.support import child
from vae_gui.core.support.progress import finish
from vae_gui.core.support.subprocess_job import run_in_subprocess
from vae_gui.core.sweeps.dask_workers import LOCAL, of_cluster, slurm_cluster
from vae_gui.core.sweeps.workers import LocalWorkers
from vae_gui.core.vae.run.messages import Ended, Message, RunRequest
from vae_gui.core.vae.run.process import ProcessRunner, TrainingProcess

linux = linux_only("reads /proc")
NAMES = ("types", "json", "torch", "numpy", "vae_gui")
OWN_FILE = """
import posix
posix.close(posix.open({mark!r}, posix.O_CREAT | posix.O_WRONLY))
raise RuntimeError("a file of the working folder")
"""


@pytest.fixture
def marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder holds files with the names of modules, which leave a mark here where they run."""
    here, marks = tmp_path / "here", tmp_path / "marks"
    here.mkdir()
    marks.mkdir()
    for name in NAMES:
        (here / f"{name}.py").write_text(OWN_FILE.format(mark=str(marks / name)))
    monkeypatch.chdir(here)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", ".", "../here", str(tmp_path)]))
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    return marks


def ran(marks: Path) -> list[str]:
    return [path.name for path in marks.iterdir()]


def test_the_process_that_trains(marks: Path) -> None:
    told: list[Message] = []
    request = RunRequest(tiny_config(), tiny_data(), "run")
    ProcessRunner(TrainingProcess(cards=False), request, float("inf"), told.append).run()
    assert isinstance(told[-1], Ended) and told[-1].finished, told[-1]
    assert ran(marks) == []


def test_a_job_in_a_process(marks: Path) -> None:
    result = finish(
        run_in_subprocess(subprocess_work.double, {"x": np.ones(2), "name": np.array("x")})
    )
    assert result["x"].tolist() == [2, 2] and ran(marks) == []


def test_a_download(marks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as server:
        server.files["file"] = b"content"
        assert b"".join(fetch(server.url("good", "file"), 10)) == b"content"
    assert ran(marks) == []


def test_a_check_of_this_system(marks: Path) -> None:
    done = child.outcome(import_check.__name__, *NAMES, timeout_seconds=60)
    assert [line.split("\t")[1] for line in done.stdout.splitlines()] == [""] * len(NAMES)
    assert ran(marks) == []


def test_a_worker_of_a_sweep(marks: Path) -> None:
    workers = LocalWorkers([{}])
    try:
        (result,) = workers.map(subprocess_work.imported, [list(NAMES)])
    finally:
        workers.stop()
    assert str(Path.cwd()) not in result and ran(marks) == []


def test_a_worker_of_dask(marks: Path) -> None:
    pytest.importorskip("distributed")
    before = dict(os.environ), list(sys.path)
    with of_cluster(LOCAL, None) as executor:
        result = executor.submit(subprocess_work.imported, list(NAMES)).result()
    assert str(Path.cwd()) not in result and ran(marks) == []
    assert (dict(os.environ), sys.path) == before


def test_a_worker_of_slurm(marks: Path, tmp_path: Path) -> None:
    """The script that SLURM would run is run here, in the folder where it would be."""
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    pytest.importorskip("dask_jobqueue")
    described = {"cores": 1, "memory": "1GB", "interface": "lo", "job-script-prologue": ["A=b"]}
    config = {f"jobqueue.slurm.{name}": value for name, value in described.items()}
    with (
        dask.config.set(config),
        slurm_cluster(None) as cluster,
        distributed.Client(cluster) as client,
    ):
        script = tmp_path / "job.sh"
        script.write_text(cluster.job_script())
        assert "A=b\nexport " in script.read_text()
        with subprocess.Popen(["sh", script], stderr=subprocess.DEVNULL) as worker:
            client.wait_for_workers(1, timeout=60)
            for process in family(worker.pid):
                os.kill(process, signal.SIGTERM)
    assert ran(marks) == []


@linux
@pytest.mark.parametrize("port", [None, 18787])
def test_dask_listens_to_this_machine_alone(port: int | None) -> None:
    pytest.importorskip("distributed")
    with of_cluster(LOCAL, port) as executor:
        executor.submit(os.getpid).result()
        addresses = listening(family())
    hosts = {address.rpartition(":")[0] for address in addresses}
    assert hosts == {"0100007F"}  # 127.0.0.1
    assert (f"0100007F:{18787:04X}" in addresses) == (port is not None)


WAITING = """
from vae_gui.core.vae.run.process import TrainingProcess
print(TrainingProcess(cards=False).pid, flush=True)
input()
"""
TRAINING = """
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.vae.run.messages import RunRequest
from vae_gui.core.vae.run.process import ProcessRunner, TrainingProcess
process = TrainingProcess(cards=False)
request = RunRequest(tiny_config(epochs=10_000), tiny_data(), "run")
ProcessRunner(process, request, float("inf"), lambda _: print(process.pid, flush=True)).run()
"""
WORKING = """
import os
from tests.core.support import subprocess_work
from vae_gui.core.sweeps.workers import LocalWorkers
workers = LocalWorkers([{}])
workers.submit(subprocess_work.imported, ["torch"]).result()
print(workers.submit(os.getpid).result(), flush=True)
workers.submit(subprocess_work.hold, 600)
"""


@linux
@pytest.mark.parametrize("stopped", [False, True], ids=["running", "stopped"])
@pytest.mark.parametrize("parent", [WAITING, TRAINING, WORKING], ids=["waits", "trains", "works"])
def test_a_child_ends_with_its_parent_and_says_nothing(parent: str, stopped: bool) -> None:
    line = [sys.executable, "-c", parent]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(line, cwd=REPOSITORY, text=True, **pipes) as process:
        assert process.stdout is not None and process.stderr is not None
        pid = int(process.stdout.readline())
        wait_until(lambda: "libtorch" in Path(f"/proc/{pid}/maps").read_text())
        if stopped:
            os.kill(pid, signal.SIGSTOP)
        process.kill()
        said = process.stderr.read()  # the child holds it as well
    wait_until(lambda: not is_running(pid))
    assert said == ""
