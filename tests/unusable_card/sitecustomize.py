"""On PYTHONPATH, where Python finds it at its start: torch believes in a card, which cannot be used.

Whoever sees the card or asks for it leaves a line in the file that UNUSABLE_CARD names.
"""

import importlib.abc
import importlib.util
import os
import sys
from pathlib import Path


def note(text):
    with Path(os.environ["UNUSABLE_CARD"]).open("a") as file:
        file.write(f"{text}\n")


def add_card(torch):
    visible = os.environ.get("CUDA_VISIBLE_DEVICES") != ""
    if visible:
        note("seen")

    def is_available():
        note("asked for")
        return visible

    torch.cuda.is_available = is_available


class TorchFinder(importlib.abc.MetaPathFinder):
    """Adds the card once torch has been imported."""

    def find_spec(self, name, path, target=None):
        if name != "torch":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec("torch")
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            add_card(module)

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, TorchFinder())
