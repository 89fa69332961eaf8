"""Decoders in 8 bits draw what they drew before."""

from pathlib import Path

import numpy as np
import pytest

from tests.core.storage.workspaces import same
from tests.tiny import through_a_file, tiny_data
from vae_gui.core.inference.engine import Engine
from vae_gui.core.storage import verified_container as sealed
from vae_gui.core.storage.workspace import Workspace, load
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.config import ModelConfig, RunConfig, TrainConfig
from vae_gui.core.vae.eight_bits import in_eight_bits
from vae_gui.core.vae.snapshot import SCALES, Checkpoint, Snapshot, decoder_only, dense
from vae_gui.core.vae.timeline import MIN_CAPACITY, Timeline, TimelineEntry
from vae_gui.core.vae.trainer import Trainer
from vae_gui.resources import PRETRAINED, resources_dir

SHIPPED = resources_dir() / PRETRAINED
MAX_GREY_LEVELS = 2


def plane(reach: float, places: int) -> np.ndarray:
    axis = np.linspace(-reach, reach, places, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


def test_the_shipped_decoder_draws_the_same_within_two_grey_levels() -> None:
    exact = load(SHIPPED).checkpoint.snapshot
    small = in_eight_bits(exact)
    assert small.in_eight_bits and dense(small).weights.keys() == decoder_only(exact).weights.keys()
    size, whole = (
        sum(array.nbytes for array in snapshot.weights.values())
        for snapshot in (small, decoder_only(exact))
    )
    assert size < 0.55 * whole  # which is in half precision
    z = plane(3, 41)
    engine = Engine(exact)
    before = engine.decode(z).astype(int)
    engine.adopt(small)
    assert np.abs(engine.decode(z) - before).max() <= MAX_GREY_LEVELS


def test_the_shipped_moments_are_ten_and_small() -> None:
    timeline = load(SHIPPED).timeline
    assert timeline is not None and len(timeline) >= 10
    assert all(moment.snapshot.in_eight_bits for moment in timeline.entries[:-1])
    assert SHIPPED.stat().st_size <= 15.5e6


def run() -> tuple[Workspace, Snapshot]:
    """A run of one moment in 8 bits, and the model itself."""
    data = tiny_data()
    config = RunConfig(
        "s1-mlp",
        data.name,
        ModelConfig("mlp-256", side=data.side),
        TrainConfig(batch_size=8, epochs=1, threads=1),
    )
    trainer = Trainer(config, data, "run")
    encodings, small = trainer.encode(data.test, data.class_names), trainer.snapshot()
    small = in_eight_bits(small)
    trainer.step()
    newest = trainer.snapshot()
    moments = (TimelineEntry(small, encodings), TimelineEntry(newest, encodings))
    checkpoint = Checkpoint(trainer.config, newest, {})
    return Workspace("Bars", checkpoint, timeline=Timeline(MIN_CAPACITY, moments)), small


def test_a_moment_in_eight_bits_comes_back_as_it_was(tmp_path: Path) -> None:
    workspace, small = run()
    kept = through_a_file(workspace, tmp_path).timeline
    assert kept is not None
    assert same(dict(kept.entries[0].snapshot.weights), dict(small.weights))


@pytest.mark.parametrize("change", ["missing", "shape", "kind", "of nothing"])
def test_scales_that_do_not_fit_are_refused(tmp_path: Path, change: str) -> None:
    workspace, small = run()
    through_a_file(workspace, tmp_path)
    path = next(tmp_path.glob("*.vae"))
    with path.open("rb") as file:
        document, tensors = sealed.unpack(file)
    key = next(f"timeline-bytes/{name}" for name in small.weights if name.endswith(SCALES))
    scales = tensors.pop(key)
    if change == "shape":
        tensors[key] = scales[:, :, :-1]
    elif change == "kind":
        tensors[key] = scales.astype(np.float32)
    elif change == "of nothing":
        tensors |= {key: scales, key.replace("weight", "bias"): scales}
    path.write_bytes(sealed.pack(document, tensors))
    with pytest.raises(UserError, match="damaged"):
        load(path)
