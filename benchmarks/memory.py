"""P15: memory of the app while it trains on MNIST, both its processes, beside bare ones with the same data."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.common import Claim

MAX_RATIO = 1.3
PSS = """
import os, pathlib
def pss(pid):
    rows = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("Pss:")) / 1024
def children():
    parents = ((p.name, p / "stat") for p in pathlib.Path("/proc").iterdir() if p.name.isdigit())
    for pid, stat in parents:
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == os.getpid():
                yield pid
        except OSError:
            pass
"""
APP = (
    PSS
    + """
from dataclasses import replace
from benchmarks.common import mnist
from benchmarks.window import app_window, wait, wait_until
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.history import History
with app_window() as window:
    data, recipe = mnist(), PRESETS["recommended"]
    training = window.context.training
    config = RunConfig("recommended", "mnist", recipe.model, replace(recipe.train, device="cpu"))
    training.start(config, data, History())
    wait_until(lambda: training.steps_done > 500, 120)
    print("MB", pss("self") + sum(map(pss, children())))
"""
)
BARE = (
    PSS
    + """
import subprocess, sys
from benchmarks.common import mnist
import torch, pyqtgraph
from PySide6.QtWidgets import QApplication
app = QApplication([])
data = mnist()
line = "import torch, sys; torch.ones(2) @ torch.ones(2); print(1, flush=True); sys.stdin.read()"
other = subprocess.Popen([sys.executable, "-c", line], stdin=-1, stdout=-1)
other.stdout.readline()
print("MB", pss("self") + pss(other.pid))
other.kill()
"""
)


def megabytes(script: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    line = next(row for row in done.stdout.splitlines() if row.startswith("MB"))
    return float(json.loads(line.split()[1]))


def run() -> list[Claim]:
    """All claims of this file; none where the system does not tell shares of memory."""
    if not Path("/proc/self/smaps_rollup").exists():
        return []
    ours, bare = megabytes(APP), megabytes(BARE)
    return [
        Claim(
            "P15",
            "memory of window and trainer on MNIST, proportional shares",
            f"{ours:.0f} MB",
            f"two bare torch processes, Qt and the data: {bare:.0f} MB",
            ours / bare,
            f"≤ {MAX_RATIO:g}",
            ours <= MAX_RATIO * bare,
        )
    ]
