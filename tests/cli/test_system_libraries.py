"""What Qt needs of the system: one list, which is what its libraries name, and what is said where one is missing."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

from tests.fake_windows import linux_only
from vae_gui.cli import display, self_check, system_libraries

ROOT = Path(__file__).parents[2]
QT = Path(PySide6.__file__).parent
MODULES = ("QtCore", "QtGui", "QtSvg", "QtWidgets")  # that the app imports
# What Python itself is linked with, and apt, which no Debian lacks.
OF_EVERY_SYSTEM = {
    *("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1"),
    *("libgcc_s.so.1", "libstdc++.so.6"),
}
linux = linux_only("its libraries")


def on_linux(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def libraries_of_the_system(first: list[Path]) -> set[str]:
    """Return the libraries that these need, at all levels, and that no wheel brings."""
    shipped = {path.name: path for folder in (QT, QT.parent / "shiboken6")
               for path in folder.rglob("*.so*")}  # fmt: skip
    waiting, seen = [*first], set[str]()
    while waiting:
        said = subprocess.run(
            ["readelf", "--dynamic", "--wide", waiting.pop()],
            capture_output=True,
            text=True,
            check=True,
            env={"LC_ALL": "C"},
        ).stdout
        new = set(re.findall(r"\(NEEDED\).*\[(.+)\]", said)) - seen
        seen |= new
        waiting += [shipped[name] for name in new & shipped.keys()]
    return {name for name in seen - shipped.keys() if not name.startswith("ld-linux")}


@linux
@pytest.mark.skipif(shutil.which("readelf") is None, reason="readelf is not installed")
@pytest.mark.parametrize("platform", sorted(system_libraries.NEEDED_BY_PLATFORM))
def test_the_list_is_what_the_plugin_and_its_libraries_need(platform: str) -> None:
    modules = [QT / f"{module}.abi3.so" for module in MODULES]
    plugin = QT / "Qt" / "plugins" / "platforms" / f"libq{platform}.so"
    needed = libraries_of_the_system([*modules, plugin]) - OF_EVERY_SYSTEM
    assert set(system_libraries.needed(platform)) == needed


def test_the_guide_names_every_package_that_the_system_may_lack() -> None:
    text = (ROOT / "docs" / "guide" / "installing.md").read_text(encoding="utf-8")
    (line,) = [
        line for line in text.splitlines() if line.startswith("sudo apt-get install python3-")
    ]
    packages = system_libraries.needed("xcb").values()
    assert set(line.split()[3:]) == {
        *packages, *system_libraries.MODULES.values(), system_libraries.FONTS
    }  # fmt: skip


def test_the_missing_packages_are_found_by_any_python(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Path(system_libraries.__file__)
    done = subprocess.run(
        [sys.executable, "-S", "-E", script, "offscreen"], capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stdout.split() == system_libraries.missing_packages(
        "offscreen"
    )
    monkeypatch.setitem(system_libraries.NEEDED_BY_QT, "libnothing.so.9", "libnothing9")
    monkeypatch.setitem(system_libraries.NEEDED_BY_QT, "libnothing.so.8", "libnothing9")
    monkeypatch.setitem(system_libraries.MODULES, "no_such_module", "python3-nothing")
    missing = system_libraries.missing_packages("offscreen")
    assert {"libnothing9", "python3-nothing"} <= set(missing)
    assert missing.count("libnothing9") == 1


@pytest.mark.parametrize(
    ("variables", "platform"),
    [
        ({}, None),
        ({"DISPLAY": ":0"}, "xcb"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ({"QT_QPA_PLATFORM": "offscreen"}, "offscreen"),
        ({"QT_QPA_PLATFORM": "xcb:x;wayland"}, "xcb"),
    ],
    ids=str,
)
def test_the_platform_that_qt_will_try_is_known(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], platform: str | None
) -> None:
    on_linux(monkeypatch, **variables)
    assert display.wanted_platform() == platform


def test_without_a_display_the_app_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    on_linux(monkeypatch)
    problem = display.problem_with_display()
    assert problem is not None and "display" in problem


def test_a_missing_library_is_named_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_linux(monkeypatch, DISPLAY=":0")
    of_xcb = system_libraries.NEEDED_BY_PLATFORM["xcb"]
    monkeypatch.setitem(of_xcb, "libxcb-nothing.so.9", "libxcb-nothing9")
    monkeypatch.setattr(display, "probe", lambda: display.Probe(None, said="aborted"))
    problem = display.problem_with_display()
    assert problem is not None and "libxcb-nothing.so.9" in problem
    assert problem.endswith("libxcb-nothing9") and "\n" not in problem


@linux
def test_a_display_that_does_not_answer_is_said_instead_of_an_abort(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_linux(monkeypatch, DISPLAY=":987")
    monkeypatch.setattr(display, "probe", lambda: display.Probe(None, said="aborted"))
    if display.missing_libraries("xcb"):
        pytest.skip("libraries of X11 are missing")
    problem = display.problem_with_display()
    assert problem is not None and "“:987” does not answer" in problem


def test_a_library_that_qt_can_do_without_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    on_linux(monkeypatch, DISPLAY=":0")
    of_xcb = system_libraries.NEEDED_BY_PLATFORM["xcb"]
    monkeypatch.setitem(of_xcb, "libxcb-nothing.so.9", "libxcb-nothing9")
    monkeypatch.setattr(display, "probe", lambda: display.Probe("xcb", 3))
    assert display.problem_with_display() is None


def test_no_child_is_started_where_every_library_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    on_linux(monkeypatch, QT_QPA_PLATFORM="offscreen")
    monkeypatch.setattr(display, "missing_libraries", lambda platform: [])
    monkeypatch.setattr(display, "probe", lambda: pytest.fail("a child was started"))
    assert display.problem_with_display() is None


@pytest.fixture
def incomplete(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The library that the platform “bare” lacks: Qt's own offscreen plugin, with another name in its list."""
    there, lacks = b"libxkbcommon.so.0", b"libxkbcommon.so.9"
    plugins = tmp_path / "platforms"
    plugins.mkdir()
    plugin = (QT / "Qt" / "plugins" / "platforms" / "libqoffscreen.so").read_bytes()
    assert plugin.count(there) == 1
    (plugins / "libqbare.so").write_bytes(plugin.replace(there, lacks))
    on_linux(monkeypatch, QT_QPA_PLATFORM="bare", QT_PLUGIN_PATH=str(tmp_path))
    return lacks.decode()


@linux
def test_the_probe_names_the_library_that_the_loader_names(incomplete: str) -> None:
    found = display.probe()
    assert found.platform is None and found.lacks == incomplete


@linux
@pytest.mark.parametrize("listed", [True, False], ids=["listed", "unlisted"])
def test_self_check_says_which_package_brings_a_library_of_qt(
    monkeypatch: pytest.MonkeyPatch, incomplete: str, listed: bool
) -> None:
    if listed:
        monkeypatch.setitem(system_libraries.NEEDED_BY_QT, incomplete, "libxkbcommon9")
    (check,) = self_check.qt_checks()
    assert not check.ok and incomplete in check.mend and "PySide6" not in check.mend
    assert check.mend.endswith("sudo apt install libxkbcommon9") == listed
    assert (f"apt-file search {incomplete}" in check.mend) != listed


@linux
def test_a_plugin_that_lacks_a_library_does_not_stop_qt_from_taking_the_next(
    monkeypatch: pytest.MonkeyPatch, incomplete: str
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "bare;minimal")
    found = display.probe()
    assert (found.platform, found.lacks) == ("minimal", incomplete)
