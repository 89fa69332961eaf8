"""The optimizer of a run: fused, and on the CPU without a question to a card, which may be there and unusable."""

from collections.abc import Iterable

import torch
from torch.nn import Parameter
from torch.optim import Optimizer

# Of Adam's step, by its names of now and of before: wherever torch believes in a card it asks that whether a
# graph is recorded, and so fails on the CPU too where the card is full, lost or of somebody else alone.
_QUESTIONS = ("_accelerator_graph_capture_health_check", "_cuda_graph_capture_health_check")


def make_optimizer(name: str, parameters: Iterable[Parameter]) -> Optimizer:
    """Return the optimizer of that name over parameters that are where they will be trained."""
    parameters = list(parameters)
    optimizer: Optimizer = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[name](
        parameters, fused=True
    )
    if all(parameter.device.type == "cpu" for parameter in parameters):
        for question in _QUESTIONS:
            setattr(optimizer, question, _ask_nobody)
    return optimizer


def _ask_nobody() -> None:
    pass
