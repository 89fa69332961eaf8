"""E1: one real epoch of MNIST for each preset: what it learns, and how fast."""

import math
from dataclasses import replace

from benchmarks.common import Claim, mnist
from vae_gui.cli.headless import HeadlessRun
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.presets import PRESETS, Preset


def run() -> list[Claim]:
    """One row for each preset; the loss before training is the reference."""
    return [_one_epoch(preset) for preset in PRESETS.values()]


def _one_epoch(preset: Preset) -> Claim:
    train = replace(preset.train, epochs=1, min_steps=0, device="cpu")
    run = HeadlessRun(RunConfig(preset.name, "mnist", preset.model, train), mnist(), "benchmark")
    before = float(run.history.tests.column("loss")[0])
    (epoch,) = run.epochs()
    after = epoch.test.loss
    return Claim(
        "E1",
        f"one epoch of MNIST, {preset.name}",
        f"test loss {after:.1f} in {epoch.seconds:.0f} s, {epoch.images_per_second:,.0f} images/s",
        f"untrained: {before:.1f}",
        after / before,
        "< 1",
        math.isfinite(after) and after < before,
    )
