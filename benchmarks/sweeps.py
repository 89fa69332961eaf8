"""W1 to W5: sweeps on worker processes here and of Dask, and how table and board follow two thousand runs.

`python -m benchmarks.sweeps`, 10 minutes.
"""

import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from benchmarks.common import Claim, percentile, seconds
from benchmarks.report import json_line, table
from benchmarks.window import app_window, wait, wait_until
from vae_gui.core.sweeps import worker
from vae_gui.ui.panels.runs.panel import RunsPanel

RUNS, MANY = 48, 2000
MIN_FASTER, MAX_OVERHEAD_S, MAX_UPDATE_MS = 1.7, 0.5, 50.0
ADDRESS = "tcp://127.0.0.1:8799"
FORTY_EIGHT = f"""
preset = "s3-mlp"
dataset = "digits"
[settings]
epochs = 20
[grid]
beta = [0.5, 1, 2, 4]
seed = {list(range(RUNS // 4))}
"""
OF_ONE_STEP = f"""
preset = "s3-mlp"
dataset = "digits"
[settings]
epochs = 1
batch_size = 2048
[grid]
seed = {list(range(MANY))}
"""


def sweep(folder: Path, name: str, text: str, *options: str) -> tuple[float, list[dict[str, str]]]:
    """Wall-clock seconds and the rows of the table."""
    file, out = folder / f"{name}.toml", folder / name
    file.write_text(text)
    spent = seconds(lambda: subprocess.run(command(file, out, *options), check=True))
    return spent, rows_of(out)


def command(file: Path, out: Path, *options: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "vae_gui",
        "sweep",
        str(file),
        "--out",
        str(out),
        "--json",
        *options,
    ]


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "results.csv").open(encoding="utf-8") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["name"])


def losses(rows: list[dict[str, str]]) -> list[tuple[str, ...]]:
    return [(row["name"], row["reconstruction"], row["kl"]) for row in rows]


@contextmanager
def dask_of_two() -> Iterator[None]:
    """A scheduler and two workers, each started by hand."""
    dask = str(Path(sys.executable).parent / "dask")
    lines = [[dask, "scheduler", "--host", "127.0.0.1", "--port", "8799", "--no-dashboard"]]
    lines += [[dask, "worker", ADDRESS, "--nthreads", "1", "--no-dashboard"]] * 2
    started = [subprocess.Popen(line, stderr=subprocess.DEVNULL) for line in lines]
    try:
        time.sleep(8)
        yield
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def beside_each_other(folder: Path) -> list[Claim]:
    two, rows = sweep(folder, "two", FORTY_EIGHT, "--workers", "2", "--threads", "1")
    one, rows_of_one = sweep(folder, "one", FORTY_EIGHT, "--workers", "1", "--threads", "1")
    cores = str(os.cpu_count())
    all_cores, _ = sweep(folder, "all", FORTY_EIGHT, "--workers", "1", "--threads", cores)
    _, local = sweep(folder, "local", FORTY_EIGHT, "--cluster", "local", "--threads", "1")
    with dask_of_two():
        _, by_hand = sweep(folder, "hand", FORTY_EIGHT, "--scheduler", ADDRESS, "--threads", "1")
    alike = losses(rows) == losses(rows_of_one) == losses(local) == losses(by_hand)
    overhead = (one - sum(float(row["seconds"]) for row in rows_of_one)) / RUNS
    return [
        Claim("W1", f"{RUNS} runs on two local workers, one thread each", f"{two:.0f} s",
               f"one after the other, one thread: {one:.0f} s; with all cores: {all_cores:.0f} s",
               one / two, f"≥ {MIN_FASTER:g}", one >= MIN_FASTER * two),
        Claim("W2", "the same on a LocalCluster of two, and on a scheduler with two workers started by hand",
               "equal losses" if alike else "other losses", "two local workers", float(alike), "equal", alike),
        Claim("W3", "time of a run that is not training, start of the worker included", f"{overhead:.2f} s", "",
               overhead, f"≤ {MAX_OVERHEAD_S:g} s", overhead <= MAX_OVERHEAD_S),
    ]  # fmt: skip


def killed(folder: Path) -> list[Claim]:
    """A worker dies in the middle."""
    file, out = folder / "killed.toml", folder / "killed"
    file.write_text(FORTY_EIGHT)
    with subprocess.Popen(command(file, out, "--workers", "2", "--threads", "1")) as process:
        while not (out / "results.csv").exists() or len(rows_of(out)) <= RUNS // 2:
            time.sleep(0.1)
        said = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(process.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        workers = [
            int(line.split()[0]) for line in said.stdout.splitlines() if worker.__name__ in line
        ]
        os.kill(workers[0], signal.SIGKILL)
        process.wait()
    rows = rows_of(out)
    whole = len(rows) == RUNS and {row["status"] for row in rows} == {"done"}
    lost = RUNS - sum(row["status"] == "done" for row in rows)
    return [Claim("W4", f"{RUNS} runs, one of two workers killed in the middle", f"{lost} runs lost", "",
                  float(lost), "0", whole)]  # fmt: skip


def two_thousand(folder: Path) -> list[Claim]:
    """Measure how long table and board take to show what is new, while the sweep goes on."""
    file, out = folder / "many.toml", folder / "many"
    file.write_text(OF_ONE_STEP)
    times: list[tuple[int, float]] = []
    with (
        app_window() as window,
        subprocess.Popen(
            command(file, out, "--workers", "1"), stdout=subprocess.DEVNULL
        ) as process,
    ):
        wait_until((out / "manifest.json").exists, 60)
        window.comparing.open_runs(out)
        panel = window.docks.panel(RunsPanel)
        while process.poll() is None:
            wait(1)
            times.append((len(panel.model.runs), 1000 * seconds(lambda: _refresh(panel))))
        wait(2)
        shown = len(panel.plot.shown)
    last = percentile([ms for count, ms in times if count > MANY // 2], 0.5)
    return [Claim("W5", f"update of table and board with {MANY // 2:,} to {MANY:,} runs, median; {shown:,} were shown",
                  f"{last:.0f} ms", "", last, f"≤ {MAX_UPDATE_MS:g} ms", last <= MAX_UPDATE_MS and shown == MANY)]  # fmt: skip


def _refresh(panel: RunsPanel) -> None:
    """Show what has been read, as the panel does whenever there is more."""
    panel.refresh()
    QCoreApplication.processEvents()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        found = []
        for measure in (beside_each_other, killed, two_thousand):
            for claim in measure(Path(place)):
                print(json_line(claim), flush=True)
                found.append(claim)
    print(table(found))
