"""Run all benchmarks and write docs/benchmarks.md, or only those that are named: `python -m benchmarks training pad`.

Each figure is a line of JSON.
"""

import json
import subprocess
import sys

from benchmarks.common import Claim
from benchmarks.report import json_line, table, write_page

ALL = (
    "training",
    "tutorials",
    "quality",
    "start",
    "pad",
    "train_start",
    "layers",
    "geodesic",
    "timeline",
    "display",
    "memory",
)
ONE = "import sys, importlib; from benchmarks.report import json_line\n" + (
    "for claim in importlib.import_module(sys.argv[1]).run(): print(json_line(claim), flush=True)"
)


def measure(name: str) -> list[Claim]:
    """Measure in a process of its own: what one leaves behind must not slow the next."""
    done = subprocess.run(
        [sys.executable, "-c", ONE, f"benchmarks.{name}"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return [Claim(**json.loads(line)) for line in lines]


def main(names: list[str]) -> int:
    unknown = set(names) - set(ALL)
    if unknown:
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}; choose of {', '.join(ALL)}.")
    claims: list[Claim] = []
    for name in names or ALL:
        for claim in measure(name):
            print(json_line(claim), flush=True)
            claims.append(claim)
    if names:
        print(table(claims))
    else:
        write_page(claims)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
