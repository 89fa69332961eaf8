"""Where a model is trained: CUDA before MPS before the CPU (A5)."""

import pytest
import torch

from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.devices import available_devices, choose_device


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [
        (True, True, ("cuda", "mps", "cpu")),
        (False, True, ("mps", "cpu")),
        (True, False, ("cuda", "cpu")),
        (False, False, ("cpu",)),
    ],
)
def test_the_best_device_comes_first_and_auto_takes_it(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, expected: tuple[str, ...]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert available_devices() == expected
    assert choose_device("auto").type == expected[0]
    assert choose_device("cpu").type == "cpu"


def test_a_device_that_is_not_there_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(UserError, match="no MPS device"):
        choose_device("mps")
