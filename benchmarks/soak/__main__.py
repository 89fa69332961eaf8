"""Run all parts of the soak, or those that are named: `python -m benchmarks.soak kills --tries 10`."""

import argparse
import importlib
import sys

ALL = ("kills", "closes", "strangers")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(ALL)}")
    parser.add_argument("--tries", type=int, default=60, help="of each part")
    parser.add_argument(
        "--hurry", action="store_true", help="autosave every 2 seconds, not every 30"
    )
    options = parser.parse_args()
    unknown = set(options.parts) - set(ALL)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}; choose of {', '.join(ALL)}")
    held = [
        importlib.import_module(f"benchmarks.soak.{name}").run(options.tries, options.hurry)
        for name in ALL
        if name in options.parts or not options.parts
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
