"""A shell that asks how a line could go on is answered by the parser, and no window opens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vae_gui.core.sharing import SHARES

pytest.importorskip("argcomplete")


def completions(line: str, folder: Path) -> set[str]:
    """What bash would be offered at the end of a line."""
    answer = folder / "answer"
    asked = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
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
