"""Tries the app with each Python that is there, and with the newest libraries: `make matrix`.

    python packaging/matrix.py [PYTHON …]

Each gets an environment of its own with the pinned libraries and trains a short run on the digits; the losses have to
be the same to the last bit. Then the first does the same with the newest libraries that the app allows, of which
another torch may round otherwise. Without names: those from python3.11 to python3.14 that work here.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14")
RUN = (
    *("train", "--preset", "s3-mlp", "--dataset", "digits", "--epochs", "2", "--seed", "3"),
    *("--device", "cpu", "--set", "threads=1", "--json"),
)
Losses = list[dict[str, float]]


def tried(python: str, *constraints: str | Path) -> tuple[str, Losses]:
    """The version of torch, and the test losses of each epoch of a short run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([python, "-m", "venv", folder / "venv"], check=True)
        inside = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        subprocess.run([inside, "-m", "pip", "install", "--quiet", *constraints, ROOT], check=True)
        command = [inside, "-m", "vae_gui", *RUN, "--out", folder / "run.vae"]
        done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        asked = [inside, "-c", "import torch; print(torch.__version__)"]
        torch = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return torch, [line["test"] for line in lines if "epoch" in line]


def works(python: str) -> bool:
    """Say whether this Python is there; one that a version manager only promises ends with an error."""
    if shutil.which(python) is None:
        return False
    return subprocess.run([python, "--version"], capture_output=True).returncode == 0


def main(names: list[str]) -> int:
    wanted = names or [name for name in PYTHONS if works(name)]
    if not names:
        print("not found here:", ", ".join(sorted(set(PYTHONS) - set(wanted))) or "none")
    expected: Losses = []
    for python in wanted:
        torch, losses = tried(python, "--constraint", ROOT / "constraints.txt")
        expected = expected or losses
        print(f"{python}, torch {torch}: {'equal' if losses == expected else losses}", flush=True)
        if losses != expected or not losses:
            return 1
    torch, losses = tried(wanted[0])
    print(
        f"{wanted[0]}, newest libraries, torch {torch}: {'equal' if losses == expected else losses}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
