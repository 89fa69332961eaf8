"""Which devices of a machine can train: those on which a computation runs, CUDA before MPS before the CPU."""

import pytest
import torch

from tests.pretended_device import pretended_device
from vae_gui.core.support import child
from vae_gui.core.vae.device_errors import DeviceError
from vae_gui.core.vae.devices import Devices, card_count, choose_device, find_devices

NO_KERNEL = "CUDA error: no kernel image is available for execution on the device"
OLD_DRIVER = "The NVIDIA driver on your system is too old (found version 11040). Please update …"


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_a_card_that_computes_comes_first_and_auto_takes_it(kind: str) -> None:
    with pretended_device(kind):
        assert find_devices() == Devices((kind, "cpu"))
        assert choose_device("auto").type == choose_device(kind).type == kind
        assert choose_device("cpu").type == "cpu"


def test_a_machine_without_a_card_says_nothing_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for said in ("Torch not compiled with CUDA enabled", "Found no NVIDIA driver on your system."):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        monkeypatch.setattr(torch.cuda, "init", raising(AssertionError(said)))
        assert find_devices() == Devices(("cpu",))


def raising(error: Exception):
    def act(*_: object, **__: object) -> object:
        raise error

    return act


def test_a_driver_that_is_too_old_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "init", raising(RuntimeError(OLD_DRIVER)))
    devices = find_devices()
    assert devices.kinds == ("cpu",) and "driver" in devices.reason("cuda")
    assert choose_device("auto").type == "cpu"


def test_a_card_that_is_too_old_for_torch_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with pretended_device("cuda"), monkeypatch.context() as patch:
        patch.setattr(torch, "ones", raising(torch.AcceleratorError(NO_KERNEL)))
        devices = find_devices()
        assert devices == Devices(("cpu",), (("cuda", NO_KERNEL),))
        with pytest.raises(DeviceError, match="no kernel image") as raised:
            choose_device("cuda")
    assert raised.value.cpu and raised.value.smaller_batch == 0


def test_a_device_that_is_not_there_is_refused_by_name_and_leaves_the_cpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="MPS device is not there") as raised:
        choose_device("mps")
    assert raised.value.cpu


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_cards_that_are_hidden_are_neither_asked_nor_counted(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    with pretended_device(kind), monkeypatch.context() as patch:
        patch.setattr(torch.cuda, "device_count", lambda: 2 if kind == "cuda" else 0)
        assert card_count() == (2 if kind == "cuda" else 1)
        with child.without_cards():
            assert find_devices() == Devices(("cpu",)) and card_count() == 0
