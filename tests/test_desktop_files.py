"""What a desktop reads of the app agrees with the app, and its own tools find nothing wrong with it."""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from vae_gui import __version__
from vae_gui.core.storage.workspace import SUFFIX
from vae_gui.desktop import APP_ID

LINUX = REPOSITORY / "packaging" / "linux"


def text(suffix: str) -> str:
    return (LINUX / f"{APP_ID}.{suffix}").read_text(encoding="utf-8")


def test_the_type_of_the_files_is_opened_by_the_app() -> None:
    (entry,) = ET.fromstring(text("xml"))
    kind, glob = entry.get("type"), entry.find("{*}glob")
    assert glob is not None and glob.get("pattern") == f"*{SUFFIX}"
    assert f"MimeType={kind};" in text("desktop")
    assert "Exec=vae-explorer %f" in text("desktop")
    assert kind == ET.fromstring(text("metainfo.xml")).findtext("provides/mediatype")


def test_the_id_is_one() -> None:
    code = "import identity; print(identity.APP_ID, identity.VERSION, identity.SUFFIX)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY / "packaging", capture_output=True, text=True
    )
    assert done.stdout.split() == [APP_ID, __version__, SUFFIX]
    assert ET.fromstring(text("metainfo.xml")).findtext("id") == APP_ID


def test_the_debian_package_has_both_names_of_the_program(tmp_path: Path) -> None:
    icons = tmp_path / "build" / "icons"
    icons.mkdir(parents=True)
    (tmp_path / "folder").mkdir()
    code = (
        "import sys, build_deb; from pathlib import Path; here = Path(sys.argv[1]);"
        "build_deb.BUILD = here / 'build';"
        "[(here / 'build/icons' / f'{size}.png').touch() for size in build_deb.SIZES];"
        "build_deb.tree(here / 'deb', here / 'folder', 'amd64')"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    subprocess.run(command, cwd=REPOSITORY / "packaging", check=True)
    programs = tmp_path / "deb" / "usr" / "bin"
    named = {program.text for program in ET.fromstring(text("metainfo.xml")).iter("binary")}
    assert {path.name for path in programs.iterdir()} == named == {"vae-explorer", "vae-gui"}
    assert {str(path.readlink()) for path in programs.iterdir()} == {
        "/opt/vae-explorer/vae-explorer"
    }


@pytest.mark.parametrize(
    ("tool", "suffix"),
    [
        (("desktop-file-validate",), "desktop"),
        (("appstreamcli", "validate", "--no-net"), "metainfo.xml"),
    ],
)
def test_its_own_tool_finds_nothing_wrong(tool: tuple[str, ...], suffix: str) -> None:
    if shutil.which(tool[0]) is None:
        pytest.skip(f"needs {tool[0]}")
    path: Path = LINUX / f"{APP_ID}.{suffix}"
    done = subprocess.run([*tool, str(path)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "error" not in done.stdout


def test_the_version_is_one() -> None:
    newest = next(
        line
        for line in (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("## [") and "Unreleased" not in line
    )
    assert newest.startswith(f"## [{__version__}]")
    assert f'version: "{__version__}"' in (REPOSITORY / "CITATION.cff").read_text(encoding="utf-8")
    assert ET.fromstring(text("metainfo.xml")).find("releases/release").get("version") == (
        __version__
    )


def test_the_guide_names_the_wheel_of_now() -> None:
    page = REPOSITORY / "docs" / "guide" / "installing.md"
    assert f"vae_explorer-{__version__}-py3" in page.read_text(encoding="utf-8")
