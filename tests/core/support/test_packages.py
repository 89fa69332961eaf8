"""The lines that install what is missing, printed in environments as pip, uv and pipx make them."""

import os
import shlex
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from vae_gui.core.support import packages
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.packages import install_line, installing, require

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
    quoted = str(python).replace("vae explorer", '"vae explorer"')  # its part alone
    return [line.replace(quoted, "PYTHON") for line in done.stdout.splitlines()]


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
    assert shlex.split(installing("optuna>=4")) == [
        *(sys.executable, "-m", "pip", "install", "optuna>=4"),
    ]


def test_uv_installs_where_there_is_no_pip(environment: Path) -> None:
    assert lines(environment) == [
        'uv pip install --python PYTHON "umap-learn>=0.5.8"',
        "uv pip install --python PYTHON --force-reinstall torch",
    ]


def test_pipx_installs_into_its_own_environment(environment: Path) -> None:
    (environment / "pipx_metadata.json").write_text("{}")
    assert lines(environment) == [
        'pipx inject "vae explorer" "umap-learn>=0.5.8"',
        'pipx runpip "vae explorer" install --force-reinstall torch',
    ]


WINDOWS = {
    r"C:\Python\python.exe": r"C:\Python\python.exe",
    r"C:\Users\Jo Müller\.venv\Scripts\python.exe": r'C:\Users\"Jo Müller"\.venv\Scripts\python.exe',
    r"D:\a & b (2)\python.exe": r'D:\"a & b (2)"\python.exe',
}


@pytest.mark.parametrize("python", WINDOWS)
def test_cmd_and_powershell_both_read_the_line(
    monkeypatch: pytest.MonkeyPatch, python: str
) -> None:
    """Neither takes single quotes for cmd, and a program in quotes is a text to PowerShell."""
    pytest.importorskip("pip")
    monkeypatch.setattr(packages, "ON_POSIX", False)
    monkeypatch.setattr(sys, "executable", python)
    line = installing("umap-learn>=0.5.8", "dask[distributed]")
    assert line == f'{WINDOWS[python]} -m pip install "umap-learn>=0.5.8" "dask[distributed]"'


@pytest.mark.parametrize("folder", ["plain", "Jo Müller", "a&b;c", 'say "hi"', "$HOME", "a\\b!"])
@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX")
def test_a_shell_reads_the_line(monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    pytest.importorskip("pip")
    monkeypatch.setattr(sys, "executable", f"/home/{folder}/bin/python")
    line = installing("umap-learn>=0.5.8", "dask[distributed]")
    done = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {line}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        *(sys.executable, "-m", "pip", "install", "umap-learn>=0.5.8", "dask[distributed]"),
    ]


def test_nothing_is_added_to_a_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    missing = {"no_such_module": "umap-learn>=0.5.8"}
    assert install_line(missing) == ""
    with pytest.raises(
        UserError, match=r"UMAP needs umap-learn>=0\.5\.8, which cannot be added to this app"
    ):
        require(missing, "UMAP")
