"""Crash recovery: the real app is killed while it trains, and the next start offers what was autosaved."""

import random
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.soak.app_process import AppProcess
from vae_gui.runtime.autosave import Pace

HURRIED = Pace(first=0.5, rest=2.0, most_lost=6.0)
SEED = 11


@dataclass(frozen=True, slots=True)
class Kill:
    """saved: the last step that the app said it had autosaved. lost: seconds of training, by what is offered."""

    saved: int
    offered: int
    lost: float


def run(tries: int, hurry: bool) -> bool:
    """Kill the app so often, each time after the first autosave; whether the promise was kept."""
    pace, chance = HURRIED if hurry else Pace(), random.Random(SEED)
    kills = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        process, saved, killed = _killed(AppProcess(home, pace), pace, chance)
        for number in range(1, tries + 1):
            with AppProcess(home, pace) as successor:
                kills.append(_answered(successor, process, saved, killed, chance))
                print(f"kill {number}/{tries}: {kills[-1]}", flush=True)
                if number < tries:
                    process, saved, killed = _killed(successor, pace, chance)
        left = list(home.rglob("*.vae"))
    return _report(kills, tries, pace, left)


def _killed(app: AppProcess, pace: Pace, chance: random.Random) -> tuple[AppProcess, int, float]:
    """Train, and kill it at a random moment after the first autosave; the step of the last one, and when."""
    app.wait_for("ready")
    app.do("train")
    saved = int(app.wait_for("saved"))
    until = time.monotonic() + chance.uniform(0, 1.2 * pace.rest)
    while (left := until - time.monotonic()) > 0:
        try:
            saved = int(app.wait_for("saved", left))
        except TimeoutError:
            break
    return app, saved, app.kill()


def _answered(
    app: AppProcess, before: AppProcess, saved: int, killed: float, chance: random.Random
) -> Kill:
    """Open what is offered, or not, and have it deleted."""
    offered = int(app.wait_for("offer"))
    if chance.random() < 0.5:
        app.do("click Open it")
        assert int(app.wait_for("opened")) == offered
        app.do("forget")
    else:
        app.do("click Discard")
    return Kill(saved, offered, killed - before.reached(offered))


def _report(kills: list[Kill], tries: int, pace: Pace, left: list[Path]) -> bool:
    lost = [kill.lost for kill in kills]
    older = sum(kill.offered < kill.saved for kill in kills)
    broken = sum(seconds > pace.most_lost for seconds in lost)
    print(
        f"{tries} kills, {len(kills)} offers, {older} older than the last autosave; of training were lost "
        f"{statistics.median(lost):.1f} s (median), {max(lost):.1f} s (most), of {pace.most_lost:.0f} s "
        f"promised, which {broken} exceeded; {len(left)} files left behind."
    )
    return len(kills) == tries and older == broken == len(left) == 0
