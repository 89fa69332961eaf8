"""P12: from Train to the first loss on the curve, and to the first sign that something happens."""

import time
from dataclasses import replace

from benchmarks.common import Claim, mnist
from benchmarks.window import app_window, wait, wait_until
from vae_gui.app import WarmUp
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.history import History
from vae_gui.core.vae.presets import PRESETS
from vae_gui.runtime.training import Phase, Training

RECIPES = ("recommended", "s0-conv-bn", "recommended-16")
MAX_SECONDS, MAX_SIGN_SECONDS = 0.3, 0.1
LOAD_SECONDS = 8.0  # in which the process that waits loads torch


def run() -> list[Claim]:
    """All claims of this file."""
    data = mnist()
    with app_window() as window:
        claims = []
        for name in RECIPES:
            wait(WarmUp.IDLE_MS / 1000 + LOAD_SECONDS)
            recipe = PRESETS[name]
            train = replace(recipe.train, device="cpu")
            config = RunConfig(name, "mnist", recipe.model, train)
            claims.append(_claim(name, *_seconds(window.context.training, config, data)))
    return claims


def _seconds(training: Training, config: RunConfig, data: object) -> tuple[float, float]:
    """Return the seconds to the phase that the run bar shows, and to the first loss."""
    began = time.perf_counter()
    training.start(config, data, History())  # type: ignore[arg-type]
    sign = time.perf_counter() - began
    while not len(training.history.steps):
        wait(0.005)
    first = time.perf_counter() - began
    training.stop()
    wait_until(lambda: training.phase is Phase.IDLE, 30)
    return sign, first


def _claim(name: str, sign: float, first: float) -> Claim:
    return Claim(
        "P12",
        f"Train to the first loss, {name}, where a process waits for the run",
        f"{first:.2f} s; running after {1000 * sign:.0f} ms",
        "",
        first / MAX_SECONDS,
        f"≤ {MAX_SECONDS:g} s, a sign in {1000 * MAX_SIGN_SECONDS:.0f} ms",
        first <= MAX_SECONDS and sign <= MAX_SIGN_SECONDS,
    )
