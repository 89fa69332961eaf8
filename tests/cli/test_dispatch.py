"""Which words are commands, what loads Qt, and how a wrong call ends."""

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from vae_gui import __main__, __version__
from vae_gui.cli import COMMANDS, display, parser
from vae_gui.core.support.progress import Progress

ROOT = Path(__file__).parent.parent.parent


def python(code: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_command_loads_no_qt_and_info_no_torch(model: Path) -> None:
    code = (
        "import sys; from vae_gui.__main__ import main; code = main(sys.argv[1:]);"
        "loaded = [m for m in ('PySide6', 'pyqtgraph', 'torch', 'scipy') if m in sys.modules];"
        "print(code, loaded)"
    )
    assert python(code, "info", str(model), "--json").stdout.splitlines()[-1] == "0 []"


def test_deciding_to_open_the_app_loads_nothing_but_the_standard_library() -> None:
    code = (
        "import sys, vae_gui.__main__, vae_gui.cli.display as d; d.problem_with_display();"
        "print([m for m in ('numpy', 'argparse', 'torch', 'PySide6') if m in sys.modules])"
    )
    assert python(code).stdout.strip() == "[]"


def test_the_command_line_imports_neither_qt_nor_what_is_built_on_it() -> None:
    banned = ("PySide6", "pyqtgraph", "vae_gui.runtime", "vae_gui.ui", "vae_gui.app")
    for path in (ROOT / "vae_gui" / "cli").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith(banned)], path.name


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the app was opened with, without opening it."""
    import vae_gui.app

    calls: list[list[str]] = []
    monkeypatch.setattr(vae_gui.app, "main", lambda arguments: calls.append(arguments) or 0)
    monkeypatch.setattr(display, "problem_with_display", lambda: None)
    return calls


def test_without_a_command_the_app_opens_alone_or_on_a_file(
    opened: list[list[str]], model: Path
) -> None:
    assert __main__.main([]) == 0
    assert __main__.main([str(model)]) == 0
    assert opened == [[], [str(model)]]


def test_a_file_that_is_named_like_a_command_opens_by_its_path(
    opened: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "train").touch()
    monkeypatch.chdir(tmp_path)
    assert __main__.main(["./train"]) == 0
    assert __main__.main(["train"]) == 2
    assert opened == [["./train"]]


@pytest.mark.parametrize("arguments", [["gone.vae"], ["a.vae", "b.vae"]])
def test_what_is_neither_is_refused_without_a_window(
    opened: list[list[str]], capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert __main__.main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1 and opened == []


def test_a_display_that_is_missing_is_said_without_loading_qt(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], opened: list[list[str]]
) -> None:
    monkeypatch.setattr(display, "problem_with_display", lambda: "Install this.")
    assert __main__.main([]) == 2
    assert capsys.readouterr().err == "Install this.\n" and opened == []


def test_help_and_version_are_printed_and_end_well(call: Call) -> None:
    assert call("--version").out.strip() == __version__
    text = call("--help")
    assert text.code == 0 and all(name in text.out for name in COMMANDS)
    for name in COMMANDS:
        assert call(name, "--help").code == 0


@pytest.mark.parametrize("arguments", [[], ["--nothing"], ["dance"], ["info"], ["presets", "x"]])
def test_a_wrong_call_is_one_line_and_code_2(call: Call, arguments: list[str]) -> None:
    done = call(*arguments)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "--help" in done.err


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    code = (
        "import os, sys; from vae_gui.cli import main\n"
        "r, w = os.pipe(); os.close(r); os.dup2(w, 1); sys.exit(main(['datasets']))"
    )
    done = python(code)
    assert done.returncode == parser.BROKEN_PIPE and done.stderr == ""


def test_ctrl_c_outside_training_is_130_without_a_trace(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vae_gui.cli import listing

    monkeypatch.setattr(listing, "parameters_of", lambda model: signal.raise_signal(signal.SIGINT))
    done = call("presets")
    assert done.code == 130 and "Traceback" not in done.err


def test_ctrl_c_while_the_app_is_imported_ends_it_although_a_module_swallows_the_exception() -> (
    None
):
    code = """
import signal, sys
from vae_gui import __main__
from vae_gui.cli import display

def swallow():
    try:
        signal.raise_signal(signal.SIGINT)
    except BaseException:
        return "It was swallowed."

signal.signal(signal.SIGINT, signal.default_int_handler)
display.problem_with_display = swallow
sys.exit(__main__.main([]))
"""
    assert python(code).returncode == 130


def test_a_progress_line_is_for_terminals(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from vae_gui.cli.output import ProgressLine

    ProgressLine().show(Progress(1, 2, "Half"))
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    line = ProgressLine()
    line.show(Progress(1, 2, "Half"))
    line.clear()
    shown = capsys.readouterr().err
    assert shown.startswith("\r") and "Half ############............  50%" in shown
    assert "\n" not in shown


def test_a_progress_line_goes_without_sequences_that_old_consoles_print(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from vae_gui.cli import output

    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(output, "_SHOW_SECONDS", 0.0)
    line = output.ProgressLine()
    for text in ("A long line", "Short"):
        line.show(Progress(0, None, text))
    line.clear()
    shown = capsys.readouterr().err
    assert "\x1b" not in shown
    _, long, short, blank, end = shown.split("\r")
    assert len(long) == len(short) and short.rstrip() == "Short …"
    assert blank.strip() == end == ""


def test_python_m_runs_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vae_gui", "datasets", "--data-dir", str(tmp_path), "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 0 and done.stderr == "" and '"digits"' in done.stdout
