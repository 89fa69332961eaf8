"""Imports modules in a process of its own, which one of them may end: a line for each, with what it raised."""

import importlib
from contextlib import suppress

from vae_gui.core.support.imports import load_torch_before_qt


def main(arguments: list[str]) -> int:
    """arguments: names of modules, in any order: one of them may load Qt."""
    if "torch" in arguments:
        with suppress(Exception):  # its own line will say so
            load_torch_before_qt()
    for name in arguments:
        try:
            importlib.import_module(name)
            print(name, "", sep="\t", flush=True)
        except Exception as error:
            print(name, repr(error).replace("\n", " "), sep="\t", flush=True)
    return 0
