"""What is shipped: a complete model in a bounded folder."""

import numpy as np
import pytest

from vae_gui.core.storage.workspace import Workspace, load
from vae_gui.resources import PRETRAINED, resources_dir

MAX_BYTES = 40_000_000


@pytest.fixture(scope="module")
def shipped() -> Workspace:
    return load(resources_dir() / PRETRAINED)


def test_the_resources_are_small_enough_to_install() -> None:
    sizes = [path.stat().st_size for path in resources_dir().rglob("*") if path.is_file()]
    assert 0 < sum(sizes) <= MAX_BYTES


def test_the_model_brings_its_past_and_the_last_moment_is_the_model(shipped: Workspace) -> None:
    assert shipped.timeline is not None and len(shipped.timeline) >= 10
    first, *_, last = shipped.timeline.entries
    assert first.step == 0 and last.step == shipped.checkpoint.snapshot.step
    assert last.snapshot.has_encoder
    losses = shipped.history
    assert losses is not None and losses.tests[0, 1] > 300 > 129 > losses.tests[-1, 1]


def test_the_model_brings_a_thousand_originals_of_every_class(shipped: Workspace) -> None:
    originals = shipped.originals
    assert originals is not None
    assert len(originals.train) + len(originals.test) == 1000
    for split in (originals.train, originals.test):
        assert split.labels is not None
        assert (np.bincount(split.labels, minlength=10) >= 40).all()
