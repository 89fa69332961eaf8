"""The pretended device refuses what a real one refuses, and counts what makes the CPU wait."""

from collections.abc import Callable

import pytest
import torch

from tests.pretended_device import pretended_device

Refused = Callable[[str], object]
REFUSED: dict[str, Refused] = {
    "same device": lambda kind: torch.ones(3, device=kind) + torch.ones(3),
    "to numpy": lambda kind: torch.ones(3, device=kind).numpy(),
    "generator": lambda kind: torch.randn(3, device=kind, generator=torch.Generator()),
    "float64": lambda kind: torch.ones(3, device=kind).double(),
}
WAITS: dict[str, Refused] = {
    "an upload": lambda kind: torch.ones(3).to(kind),
    "a download": lambda kind: torch.ones(3, device=kind).cpu(),
    "a value": lambda kind: torch.ones(3, device=kind).sum().item(),
    "a list": lambda kind: torch.ones(3, device=kind).tolist(),
    "a mask": lambda kind: torch.ones(3, device=kind)[torch.ones(3, device=kind) > 0],
    "indices of the CPU": lambda kind: torch.ones(3, device=kind)[torch.tensor([1])],
}


@pytest.mark.parametrize("said", REFUSED)
def test_it_refuses_what_a_device_refuses(said: str) -> None:
    with pretended_device("mps"), pytest.raises((RuntimeError, TypeError), match=said):
        REFUSED[said]("mps")


@pytest.mark.parametrize("name", WAITS)
def test_it_counts_a_wait(name: str) -> None:
    with pretended_device("cuda") as device:
        WAITS[name]("cuda")
    assert device.waits == 1


def test_what_follows_from_a_tensor_of_the_device_lies_there_too() -> None:
    with pretended_device("cuda") as device:
        weight = torch.nn.Linear(3, 1).to("cuda").weight
        torch.autograd.backward((weight @ torch.zeros_like(weight).mT).sum())
        assert weight.grad is not None
        assert {x.device.type for x in (weight, weight.grad, weight[0], weight.double())} == {
            "cuda"
        }
        assert weight.detach().cpu().device.type == "cpu"
    assert device.doubles == 1
