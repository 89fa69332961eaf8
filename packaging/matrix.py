"""Tries the app with each Python that is there: `make matrix`.

    python packaging/matrix.py [PYTHON …]

Each gets an environment of its own with the pinned libraries and trains a short run on the digits; the losses have to
be the same to the last bit. Without names: python3.11, python3.12 and python3.13, of those that are found.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("python3.11", "python3.12", "python3.13")
RUN = (
    "train",
    "--preset",
    "s3-mlp",
    "--dataset",
    "digits",
    "--epochs",
    "2",
    "--seed",
    "3",
    "--device",
    "cpu",
    "--set",
    "threads=1",
)


def losses(python: str, folder: Path) -> list[object]:
    """What a short run prints of each epoch, under this Python."""
    environment = folder / Path(python).name
    subprocess.run([python, "-m", "venv", environment], check=True)
    inside = environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install = [inside, "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt"]
    subprocess.run([*install, ROOT], check=True)
    done = subprocess.run(
        [inside, "-m", "vae_gui", *RUN, "--out", environment / "run.vae", "--json"],
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    shutil.rmtree(environment)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [line["test"] for line in lines if "test" in line]


def main(names: list[str]) -> int:
    wanted = names or [name for name in PYTHONS if shutil.which(name)]
    print("not found here:", ", ".join(sorted(set(PYTHONS) - set(wanted))) or "none")
    first: list[object] | None = None
    with tempfile.TemporaryDirectory() as folder:
        for python in wanted:
            found = losses(python, Path(folder))
            first = first or found
            print(f"{python}: {'the same losses' if found == first else f'OTHER LOSSES: {found}'}")
            if found != first or not found:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
