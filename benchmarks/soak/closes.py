"""Closing: the real app is closed at a random moment of training, of a load, of an export; how long it takes to end."""

import random
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.soak.app_process import AppProcess

MOMENTS = ("training", "loading", "export")
PROMISED_SECONDS = 3.0
SEED = 5


def run(tries: int, hurry: bool) -> bool:  # noqa: ARG001  # closing has no pace
    """Close the app so often; whether each time it ended in time with exit code 0 and left no file of its work."""
    chance, took = random.Random(SEED), []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(tries):
            home = Path(folder) / str(number)
            home.mkdir()
            moment = MOMENTS[number % len(MOMENTS)]
            seconds, code = _closed(AppProcess(home), moment, home, chance)
            left = list(home.glob("out*"))
            took.append(seconds)
            print(
                f"close {number + 1}/{tries} in {moment}: {seconds:.2f} s, code {code}", flush=True
            )
            if code != 0 or left:
                return False
    print(
        f"{tries} closes, exit code 0 each time, no file left: {statistics.median(took):.2f} s (median), "
        f"{max(took):.2f} s (most), of {PROMISED_SECONDS:.0f} s promised."
    )
    return max(took) <= PROMISED_SECONDS


def _closed(app: AppProcess, moment: str, home: Path, chance: random.Random) -> tuple[float, int]:
    """Seconds from the click on close to the end of the process, and its exit code."""
    with app:
        app.wait_for("ready")
        if moment == "export":
            app.do(f"export {home / 'out.gif'}")
        else:
            app.do("train")
        if moment != "loading":
            time.sleep(chance.uniform(0, 3))
        began = time.monotonic()
        app.do("close")
        code = app.exit_code(60)
        return time.monotonic() - began, code
