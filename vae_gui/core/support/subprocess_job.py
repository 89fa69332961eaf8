"""Subprocess job: runs a function in a process of its own, because what cannot be interrupted can be killed.

Arrays go there and back as .npz files in a temporary folder, which is gone afterwards. The child
reads its standard input, which nobody writes to: it ends when the parent does, however that ends.
"""

import importlib
import logging
import os
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support import child
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import remove_file, replace_file
from vae_gui.core.support.progress import Job, Progress

log = logging.getLogger(__name__)

Arrays = dict[str, NDArray[np.generic]]
Report = Callable[[Progress, Arrays], None]
Work = Callable[[Arrays, Report], Arrays]
Wrap = Callable[[Progress, Arrays], Progress]

POLL_SECONDS = 0.05
NICENESS = 10  # the window and the trainer come first
_REFUSED = 3
_THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_ALONE = ("done", "total", "text")


def run_in_subprocess(work: Work, arrays: Arrays, wrap: Wrap | None = None) -> Job[Arrays]:
    """Call `work(arrays, report)` in a child and return its arrays; closing the job kills the child.

    work: a function at the top of an importable module. Its `report(progress, arrays)` reaches
    `wrap`, whose value is yielded; of reports in quick succession only the newest does.
    A UserError raised there is raised here.
    """
    with TemporaryDirectory(prefix="vae-explorer-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        np.savez(folder / "input.npz", **arrays)  # type: ignore[arg-type]
        with (folder / "stderr.txt").open("wb") as stderr, _start(work, folder, stderr) as process:
            try:
                latest = Progress(0, None, "Starting")
                while _is_running(process):
                    report = _newest_report(folder)
                    if report is None:
                        yield latest
                        continue
                    latest = report[0]
                    yield latest if wrap is None else wrap(*report)
            finally:
                process.kill()
        return _result(folder, process.returncode)


def _start(work: Work, folder: Path, stderr: IO[bytes]) -> subprocess.Popen[bytes]:
    module, name = work.__module__, work.__qualname__
    assert module != "__main__" and "." not in name, "the child has to be able to import it"
    threads = str(max(1, (os.cpu_count() or 2) - 1))
    return child.start(
        __name__,
        str(folder),
        module,
        name,
        more=dict.fromkeys(_THREAD_LIMITS, threads),
        stdout=subprocess.DEVNULL,
        stderr=stderr,
    )


def _is_running(process: subprocess.Popen[bytes]) -> bool:
    """Say whether the process still runs after a short wait."""
    try:
        process.wait(POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _newest_report(folder: Path) -> tuple[Progress, Arrays] | None:
    """Read the newest report, if there is any, and remove it with all before it."""
    reports = sorted(folder.glob("report-*.npz"))
    if not reports:
        return None
    arrays = _read(reports[-1])
    for path in reports:
        remove_file(path)
    done, total, text = (arrays.pop(key).item() for key in _ALONE)
    return Progress(done, None if total < 0 else total, text), arrays


def _result(folder: Path, code: int) -> Arrays:
    if code == 0:
        return _read(folder / "result.npz")
    if code == _REFUSED:
        raise UserError((folder / "refused.txt").read_text(encoding="utf-8"))
    trace = (folder / "stderr.txt").read_text(encoding="utf-8", errors="replace").strip()
    log.error("a child ended with code %d: %s", code, trace)
    if code < 0 or not trace:
        raise UserError("The calculation was ended from outside: choose fewer images, try again.")
    raise RuntimeError(trace.splitlines()[-1])


def _read(path: Path) -> Arrays:
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def main(arguments: list[str]) -> int:
    """arguments: the folder, the module and the name of the function; returns the exit code."""
    folder = Path(arguments[0])
    child.end_with_the_parent(clean=partial(shutil.rmtree, folder, ignore_errors=True))
    child.step_back(NICENESS)
    work = cast(Work, getattr(importlib.import_module(arguments[1]), arguments[2]))
    count = 0

    def report(progress: Progress, arrays: Arrays) -> None:
        nonlocal count
        count += 1
        total = -1 if progress.total is None else progress.total
        alone = dict(zip(_ALONE, (progress.done, total, progress.text), strict=True))
        _write(
            folder / f"report-{count:08}.npz", arrays | {k: np.array(v) for k, v in alone.items()}
        )

    try:
        result = work(_read(folder / "input.npz"), report)
    except UserError as error:
        (folder / "refused.txt").write_text(str(error), encoding="utf-8")
        return _REFUSED
    _write(folder / "result.npz", result)
    return 0


def _write(path: Path, arrays: Arrays) -> None:
    """Whole or not at all: the parent looks for it at any moment."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    replace_file(part, path)
