"""Imports modules in a process of its own, which one of them may end: a line for each, with what it raised."""

import importlib


def main(arguments: list[str]) -> int:
    """arguments: names of modules."""
    for name in arguments:
        try:
            importlib.import_module(name)
            print(name, "", sep="\t", flush=True)
        except Exception as error:
            print(name, repr(error).replace("\n", " "), sep="\t", flush=True)
    return 0
