"""The journey of the README's animation, on the real window and real digits, with the mouse."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.journey import Journey
from tests.screen import pad_of, panel, pixels
from vae_gui.core.vae.presets import PRESETS
from vae_gui.runtime.training import Phase

STEPS = 250


def test_a_person_trains_looks_back_draws_compares_and_exports(
    qtbot, window, tmp_path: Path
) -> None:
    context, explorer = window.context, window.context.explorer
    small = PRESETS["s3-mlp"]  # the same way in a few seconds
    window.run_bar.settings.set_train(small.train)
    window.run_bar.settings.model_form.set_value(small.model)
    shipped, target = explorer.weights.snapshot, tmp_path / "best.gif"
    journey = Journey(window, STEPS, target)
    stages = journey.walk()

    next(stages)
    before = pixels(panel(window, "explore").decoded.digit)
    next(stages)
    assert explorer.latent.cursor != (0.0, 0.0)
    assert not np.array_equal(pixels(panel(window, "explore").decoded.digit), before)

    untrained = pixels(pad_of(window))
    next(stages)
    assert context.training.phase is Phase.IDLE
    assert explorer.weights.snapshot.run_id != shipped.run_id
    assert explorer.weights.snapshot.step >= STEPS
    assert not np.array_equal(pixels(pad_of(window)), untrained)

    seen = set()
    explorer.weights.entry_changed.connect(lambda: seen.add(explorer.weights.snapshot.step))
    newest = explorer.weights.snapshot
    next(stages)
    assert len(seen) > 5 and min(seen) == 0
    assert explorer.weights.snapshot is newest

    next(stages)
    assert explorer.latent.strokes
    assert explorer.posterior is not None
    mean = explorer.posterior.mu

    next(stages)
    assert explorer.latent.a == mean
    nines = explorer.scatter.encodings.mu[explorer.scatter.encodings.labels == 9]
    assert explorer.latent.b == pytest.approx(tuple(nines.mean(axis=0)), abs=1e-3)

    next(stages)
    lab = context.path_lab
    lengths = {name: lab.measured(name).length for name in lab.names()}
    assert set(lengths) == {"straight", "slerp", "geodesic"}
    assert lengths["geodesic"] <= lengths["straight"] * 1.001
    assert explorer.latent.path == min(lengths, key=lengths.__getitem__)

    assert next(stages, None) is None
    with Image.open(target) as gif:
        assert gif.is_animated
        assert gif.size == (256, 256)
        assert gif.info["loop"] == 0
