"""What is released of a version: each line of the workflow, the packers that it calls, and one version in all of them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import REPOSITORY
from tests.packaging.test_spec import run_spec
from vae_gui import __version__
from vae_gui.desktop import APP_ID

PACKAGING = REPOSITORY / "packaging"
WORKFLOW = REPOSITORY / ".github" / "workflows" / "release.yml"
INSTALLER = (PACKAGING / "windows" / "vae-explorer.iss").read_text(encoding="utf-8")
SCRIPTS = sorted(PACKAGING.rglob("*.sh"))
# The system that a runner is of -> the scripts that its job runs, one after the other.
JOBS = {
    "Linux": ["system-packages.sh", "build_bundle.py", "build_deb.py"],
    "Windows": ["build_bundle.py", "build_installer.py"],
    "macOS": ["build_bundle.py", "disk-image.sh"],
}
needs_a_shell = pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")


def applies(condition: str, system: str) -> bool:
    """Say whether a step with this condition, if any, is for a runner of this system."""
    if not condition:
        return True
    compared = re.fullmatch(r"runner\.os (==|!=) '(\w+)'", condition)
    assert compared is not None, condition
    return (compared[2] == system) == (compared[1] == "==")


def lines_of(system: str) -> list[str]:
    """Return what a runner of this system is told to run."""
    (job,) = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values()
    steps = [step for step in job["steps"] if applies(step.get("if", ""), system)]
    return [step["run"] for step in steps if "run" in step]


def stub(folder: Path, name: str, *lines: str) -> None:
    """Put a program on a PATH that notes its arguments, one a line."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    note = 'printf "%s\\n" "$@" >>"$NOTED"'
    program.write_text("\n".join(("#!/bin/sh", note, *lines, "")), encoding="utf-8")
    program.chmod(0o755)


def run(command: list[str | Path], tmp_path: Path, cwd: Path = REPOSITORY) -> list[str]:
    """Return what the stubs were given by a command that has to succeed."""
    noted = tmp_path / "noted"
    path = f"{tmp_path / 'stubs'}:{os.environ['PATH']}"
    variables = os.environ | {"PATH": path, "NOTED": str(noted)}
    done = subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return noted.read_text(encoding="utf-8").splitlines()


@needs_a_shell
@pytest.mark.parametrize("system", JOBS)
def test_every_line_of_the_workflow_runs_a_script_that_is_there(
    system: str, tmp_path: Path
) -> None:
    given: list[str] = []
    for line in lines_of(system):
        for name in ("python", "sh"):
            stub(tmp_path / "stubs", name)
        given += run([shutil.which("bash") or "bash", "-ec", line], tmp_path)
        (tmp_path / "noted").unlink()
    scripts = [word for word in given if word.endswith((".py", ".sh"))]
    assert [Path(script).name for script in scripts] == JOBS[system]
    for word in given:
        assert not word.startswith("packaging/") or (REPOSITORY / word).is_file()
    assert "constraints.txt" in given and (REPOSITORY / "constraints.txt").is_file()


@needs_a_shell
def test_a_shell_checker_finds_nothing_wrong(tmp_path: Path) -> None:
    beside = Path(sys.executable).with_name("shellcheck")
    checker = shutil.which("shellcheck") or (str(beside) if beside.exists() else None)
    if checker is None:
        pytest.skip("needs shellcheck")
    lines = tmp_path / "lines.sh"
    told = dict.fromkeys(line for system in JOBS for line in lines_of(system))
    lines.write_text("\n".join(("#!/bin/bash", *told, "")), encoding="utf-8")
    done = subprocess.run([checker, lines, *SCRIPTS], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_make_builds_the_folder_by_the_script_of_the_workflow() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert "$(BIN)/python packaging/build_bundle.py" in makefile


@needs_a_shell
def test_the_installer_is_made_of_the_version_of_now(tmp_path: Path) -> None:
    stub(tmp_path / "stubs", "iscc")
    script = PACKAGING / "windows" / "build_installer.py"
    version, described = run([sys.executable, script], tmp_path)
    assert version == f"/DVersion={__version__}"
    assert Path(described) == PACKAGING / "windows" / "vae-explorer.iss"


def test_without_inno_setup_a_sentence_says_so() -> None:
    script = PACKAGING / "windows" / "build_installer.py"
    variables = {"PATH": os.defpath, "PROGRAMFILES(X86)": ""}
    done = subprocess.run([sys.executable, script], env=variables, capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("Inno Setup is not installed: get")


def test_the_installer_starts_and_replaces_what_the_spec_builds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (folder,) = run_spec(monkeypatch, "win32").folders
    programs = {program.name for program in folder.programs}
    assert programs == {"vae-explorer", "vae-gui"}
    assert set(re.findall(r"\{app\}\\([\w-]+)\.exe", INSTALLER)) == {"vae-explorer"}
    assert rf'Source: "..\..\build\dist\{folder.name}\*"' in INSTALLER
    removed = INSTALLER.partition("[InstallDelete]\n")[2].partition("\n\n")[0]
    assert removed == r'Type: filesandordirs; Name: "{app}\_internal"'


def test_windows_knows_the_shortcut_and_the_window_by_one_id() -> None:
    (known,) = re.findall(r'AppUserModelID: "(.*?)"', INSTALLER)
    assert known == APP_ID


@needs_a_shell
def test_the_disk_image_holds_the_app_and_the_way_to_the_applications(tmp_path: Path) -> None:
    stub(tmp_path / "stubs", "hdiutil", 'ls "$5" >>"$NOTED"')
    script = tmp_path / "packaging" / "macos" / "disk-image.sh"
    script.parent.mkdir(parents=True)
    shutil.copy(PACKAGING / "macos" / "disk-image.sh", script)
    (tmp_path / "build" / "dist" / "VAE explorer.app" / "Contents").mkdir(parents=True)
    noted = run(["sh", script], tmp_path, cwd=tmp_path)
    assert noted[0] == "create" and noted[-2:] == ["Applications", "VAE explorer.app"]
    assert "build/dist/vae-explorer.dmg" in noted


def test_the_properties_of_the_program_say_the_version(tmp_path: Path) -> None:
    code = (
        "import sys, version_resource; from pathlib import Path;"
        "version_resource.BUILD = Path(sys.argv[1]); version_resource.main()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    subprocess.run(command, cwd=PACKAGING / "windows", check=True)
    said = (tmp_path / "version-resource.txt").read_text(encoding="utf-8")
    numbers = ", ".join((*__version__.split("."), "0"))
    assert f"filevers=({numbers})" in said
    assert f"StringStruct('ProductVersion', '{__version__}')" in said


def test_the_version_is_written_nowhere_that_could_ask_for_it() -> None:
    asking = [
        *(path for path in PACKAGING.rglob("*") if path.suffix in (".py", ".spec", ".iss", ".sh")),
        *(REPOSITORY / name for name in ("pyproject.toml", "Makefile")),
        WORKFLOW,
    ]
    assert [path for path in asking if __version__ in path.read_text(encoding="utf-8")] == []
