"""Run all benchmarks, or those that are named: `python -m benchmarks training pad`."""

import importlib
import sys

from benchmarks.common import report

ALL = ("training", "pad", "timeline", "layers", "presets")


def main(names: list[str]) -> int:
    unknown = set(names) - set(ALL)
    if unknown:
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}; choose of {', '.join(ALL)}.")
    claims = [
        claim
        for name in ALL  # training first: a window takes torch threads from all that comes after
        if name in names or not names
        for claim in importlib.import_module(f"benchmarks.{name}").run()
    ]
    print(report(claims))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
