"""Files and folders from anybody, far larger than what the app writes.

It measures how long the window stands still, and how long it takes to answer.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer

from benchmarks.window import app_window, wait, wait_until
from vae_gui.core.storage import verified_container as container
from vae_gui.core.sweeps.folder import MANIFEST, RESULTS, SweepFolder
from vae_gui.core.sweeps.labels import LABELS
from vae_gui.core.sweeps.rows import DONE, MAX_RUNS, EvaluationRow, RunRow
from vae_gui.resources import PRETRAINED, resources_dir
from vae_gui.ui.window.main_window import MainWindow

MAX_STILL_SECONDS, MAX_ANSWER_SECONDS = 1.0, 10.0
PATIENCE_SECONDS = 120.0
ROW = RunRow("a", DONE, "s3-mlp", "digits", "mlp-256", 2, "bernoulli", 1.0, 0, 9, 155.0, 150.0, 5.0)

Make = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """still: the longest time for which the window did nothing; after: when it answered, both in seconds."""

    still: float
    after: float
    words: str


def run(tries: int, hurry: bool) -> bool:  # noqa: ARG001  # each is tried once
    """Open each of STRANGERS in the real window; whether it went on and answered in time."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    held = True
    with tempfile.TemporaryDirectory() as folder, app_window() as window:
        window.docks.bring_up("runs")
        wait(1)
        for name, make in STRANGERS.items():
            path = Path(folder) / f"{len(list(Path(folder).iterdir()))}.vae"
            make(path)
            answer = _answer(window, path)
            within = answer.still <= MAX_STILL_SECONDS and answer.after <= MAX_ANSWER_SECONDS
            held = held and within
            print(
                f"{name}: answered after {answer.after:.2f} s, stood still for {answer.still:.2f} s"
                f"{'' if within else ', which is too long'}: {answer.words}",
                flush=True,
            )
        window.hide()
    return held


def _answer(window: MainWindow, path: Path) -> Answer:
    context = window.context
    said: list[str] = []
    ticks = [time.perf_counter()]
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))

    def hear(notice: object) -> None:
        said.append(str(getattr(notice, "text", notice)))

    known = {model.run_id for model in context.library.models}
    context.notices.published.connect(hear)
    timer.start(0)
    began = time.perf_counter()
    if path.is_dir():
        context.runs.open_folder(path)
    else:
        context.files.open(path)

    def answered() -> bool:
        opened = {model.run_id for model in context.library.models} - known
        return bool(said or opened) or context.runs.folder == path

    wait_until(answered, PATIENCE_SECONDS)
    after = time.perf_counter() - began
    wait(1)
    timer.stop()
    context.notices.published.disconnect(hear)
    return Answer(float(np.diff(ticks).max()), after, said[0] if said else "shown")


def _sweep(path: Path, rows: int, **cells: float) -> None:
    path.mkdir()
    (path / MANIFEST).write_text("{}", encoding="utf-8")
    folder = SweepFolder(path)
    numbers = range(rows)
    folder.evaluations.append(EvaluationRow(f"r{number}", 9, 150.0, 5.0) for number in numbers)
    folder.results.append(replace(ROW, name=f"r{number}", **cells) for number in numbers)  # type: ignore[arg-type]


def _labels(path: Path) -> None:
    _sweep(path, 2)
    label = {"title": "", "tag": "x", "removed": False}
    content = json.dumps({f"r{number}": label for number in range(200_000)})
    (path / LABELS).write_text(content, encoding="utf-8")


def _pipe(path: Path) -> None:
    _sweep(path, 2)
    (path / RESULTS).unlink()
    os.mkfifo(path / RESULTS)


def _far(path: Path) -> None:
    _sweep(path, 2)
    text = (path / RESULTS).read_text(encoding="utf-8").replace("150.0", "1e30")
    (path / RESULTS).write_text(text, encoding="utf-8")


def _workspace(path: Path, **tensors: np.ndarray) -> None:
    """The model that ships with the app, with other tensors."""
    with (resources_dir() / PRETRAINED).open("rb") as file:
        document, known = container.unpack(file)
    assert isinstance(document, dict)
    document["run_id"], document["has_history"] = path.stem, True
    empty = {"history/steps": np.zeros((0, 4)), "history/tests": np.zeros((0, 4))}
    named = {name.replace("_of_", "/"): array for name, array in tensors.items()}
    path.write_bytes(container.pack(document, empty | known | named))


def _encodings(path: Path) -> None:
    zeros = np.zeros((3_000_000, 2), np.float32)
    labels = np.zeros(len(zeros), np.int16)
    _workspace(path, encodings_of_mu=zeros, encodings_of_logvar=zeros, encodings_of_labels=labels)


def _steps(path: Path, count: int) -> None:
    step = np.arange(1, count + 1.0)
    loss = 100 + 50 / step
    _workspace(path, history_of_steps=np.column_stack((step, loss + 5, loss, np.full(count, 5.0))))


STRANGERS: dict[str, Make] = {
    f"a sweep of {MAX_RUNS:,} runs": partial(_sweep, rows=MAX_RUNS),
    "a sweep of 300,000 runs": partial(_sweep, rows=300_000),
    "losses of 1e30": _far,
    "200,000 labels": _labels,
    "a pipe as the table": _pipe,
    "3,000,000 encodings": _encodings,
    "2,000,000 steps": partial(_steps, count=2_000_000),
}
