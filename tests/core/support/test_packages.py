"""The lines that install what is missing, printed in environments as pip, uv and pipx make them."""

import shlex
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from vae_gui.core.support.packages import install_line, installing

PRINTED = (
    "from vae_gui.core.support.packages import install_line, installing;"
    "print(install_line({'no_such_module': 'umap-learn>=0.5.8'}));"
    "print(installing('torch', again=True))"
)


def lines(environment: Path) -> list[str]:
    """What is printed by the interpreter of an environment that holds nothing."""
    folder = "Scripts" if sys.platform == "win32" else "bin"
    python = environment / folder / "python"
    done = subprocess.run(
        [python, "-c", PRINTED], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return [line.replace(str(python), "PYTHON") for line in done.stdout.splitlines()]


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment without pip, as uv and newer versions of pipx make it."""
    folder = tmp_path / "vae explorer"
    venv.create(folder, symlinks=sys.platform != "win32")
    return folder


def test_nothing_is_installed_that_is_there() -> None:
    assert install_line({"numpy": "numpy"}) == ""


def test_pip_installs_into_the_environment_that_asks() -> None:
    pytest.importorskip("pip")
    python = shlex.quote(sys.executable)
    assert installing("optuna>=4") == f"{python} -m pip install 'optuna>=4'"


def test_uv_installs_where_there_is_no_pip(environment: Path) -> None:
    assert lines(environment) == [
        "uv pip install --python 'PYTHON' 'umap-learn>=0.5.8'",
        "uv pip install --python 'PYTHON' --force-reinstall torch",
    ]


def test_pipx_installs_into_its_own_environment(environment: Path) -> None:
    (environment / "pipx_metadata.json").write_text("{}")
    assert lines(environment) == [
        "pipx inject 'vae explorer' 'umap-learn>=0.5.8'",
        "pipx runpip 'vae explorer' install --force-reinstall torch",
    ]
