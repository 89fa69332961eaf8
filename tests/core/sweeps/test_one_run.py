"""One run of a sweep: what its row says of it."""

from pathlib import Path

import pytest

from tests.tiny import tiny_data
from vae_gui.core.sweeps import one_run
from vae_gui.core.sweeps.one_run import Order, train_one
from vae_gui.core.sweeps.plan import plan_of
from vae_gui.core.sweeps.rows import DONE


@pytest.mark.parametrize(("beta", "collapses"), [(100.0, True), (0.1, False)])
def test_a_row_warns_of_a_collapsed_posterior(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, beta: float, collapses: bool
) -> None:
    monkeypatch.setattr(one_run, "images_of", lambda *_: tiny_data())
    settings = {"epochs": 60, "learning_rate": 3e-3, "batch_size": 16, "device": "cpu"}
    document = {"preset": "s3-mlp", "dataset": "digits", "settings": settings}
    plan = plan_of(document | {"grid": {"beta": [beta]}})
    row = train_one(Order(plan, plan.runs[0], tmp_path, 1)).row
    assert row.status == DONE and ("collapsed" in row.error) == collapses
