"""A shell that asks how a line could go on is answered by the parser, and no window opens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vae_gui.core.datasets import DATASETS
from vae_gui.core.paths import PATHS
from vae_gui.core.sharing import SHARES
from vae_gui.core.vae.presets import PRESETS

pytest.importorskip("argcomplete")


def completions(line: str, folder: Path) -> set[str]:
    """Return what bash would be offered at the end of a line."""
    answer = folder / "answer"
    asked = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_COMP_WORDBREAKS": " \t\n\"'><=;|&(:",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "COMP_TYPE": "9",
    }
    done = subprocess.run(
        [sys.executable, "-m", "vae_gui"], env={**os.environ, **asked}, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    return {word.strip() for word in answer.read_text(encoding="utf-8").split("\n")}


def test_commands_are_completed(tmp_path: Path) -> None:
    assert completions("vae-gui e", tmp_path) == {"encode", "evaluate", "export"}


def test_the_kinds_of_an_export_are_completed(tmp_path: Path) -> None:
    assert set(SHARES) < completions("vae-gui export ", tmp_path)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("train --preset s", {name for name in PRESETS if name.startswith("s")}),
        ("train --dataset ", set(DATASETS)),
        ("evaluate run.vae --dataset fashion", {"fashion-mnist"}),
        ("train --set opt", {"optimizer="}),
        ("train --set optimizer=", {"adam", "adamw"}),
        ("train --device c", {"cpu", "cuda"}),
        ("export strip run.vae --path s", {name for name in PATHS if name.startswith("s")}),
    ],
)
def test_values_of_options_are_completed(line: str, offered: set[str], tmp_path: Path) -> None:
    assert offered and completions(f"vae-gui {line}", tmp_path) == offered


def test_the_path_of_own_images_is_left_to_the_shell(tmp_path: Path) -> None:
    assert completions("vae-gui train --dataset my-im", tmp_path) == {""}
