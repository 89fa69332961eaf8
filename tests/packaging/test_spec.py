"""What PyInstaller is asked for on each of three systems: the spec is run with stand-ins for PyInstaller's own classes."""

import runpy
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from vae_gui import __version__
from vae_gui.core.sharing.script.sources import HOMES

PACKAGING = REPOSITORY / "packaging"
SYSTEMS = ("linux", "win32", "darwin")


class Program:
    """An EXE."""

    def __init__(self, *parts: object, **options: Any) -> None:
        self.options = options
        self.name, self.console = options["name"], options["console"]


class Folder:
    """A COLLECT, which is of the console if its last program is."""

    def __init__(self, *parts: object, name: str) -> None:
        self.name = name
        self.programs = [part for part in parts if isinstance(part, Program)]
        self.console = self.programs[-1].console
        self.files = [entry for part in parts if isinstance(part, list) for entry in part]


class MacApp:
    """A BUNDLE, with what PyInstaller writes into Info.plist of it."""

    def __init__(self, folder: Folder, **options: Any) -> None:
        self.folder, self.name = folder, options["name"]
        self.plist = {
            "CFBundleIdentifier": options["bundle_identifier"],
            "CFBundleExecutable": folder.programs[-1].name,
            "CFBundleShortVersionString": options["version"],
        }
        if folder.console:
            self.plist["LSBackgroundOnly"] = True
        self.plist |= options["info_plist"]


@dataclass
class Built:
    """What the spec made on one system."""

    folders: list[Folder] = field(default_factory=list)
    apps: list[MacApp] = field(default_factory=list)
    analyses: list[dict[str, Any]] = field(default_factory=list)


def run_spec(monkeypatch: pytest.MonkeyPatch, system: str) -> Built:
    built = Built()

    def analysis(scripts: list[str], **options: Any) -> SimpleNamespace:
        built.analyses.append(options)
        binaries = [("libgtk-3.so.0", "", "BINARY"), ("libtorch_cpu.so", "", "BINARY")]
        return SimpleNamespace(pure=[], scripts=scripts, binaries=binaries, datas=[])

    def collect(*parts: object, name: str) -> Folder:
        built.folders.append(Folder(*parts, name=name))
        return built.folders[-1]

    def bundle(folder: Folder, **options: Any) -> None:
        built.apps.append(MacApp(folder, **options))

    hooks = ModuleType("PyInstaller.utils.hooks")
    hooks.collect_submodules = lambda name: [name]  # type: ignore[attr-defined]
    hooks.copy_metadata = lambda name: [(name, name)]  # type: ignore[attr-defined]
    for name in ("PyInstaller", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, hooks.__name__, hooks)
    monkeypatch.delitem(sys.modules, "identity", raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    given = {"Analysis": analysis, "PYZ": list, "EXE": Program, "COLLECT": collect}
    spec = PACKAGING / "vae-explorer.spec"
    with monkeypatch.context() as there:
        there.setattr(sys, "platform", system)
        runpy.run_path(str(spec), given | {"BUNDLE": bundle, "SPECPATH": str(PACKAGING)})
    sys.modules.pop("identity", None)
    return built


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_gets_one_folder_with_all_that_is_used(
    monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    (folder,) = run_spec(monkeypatch, system).folders
    assert folder.name == "vae-explorer"
    assert [entry[0] for entry in folder.files] == ["libtorch_cpu.so"]


def test_on_windows_the_window_has_no_console_and_the_command_has_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built = run_spec(monkeypatch, "win32")
    (folder,) = built.folders
    assert {program.name: program.console for program in folder.programs} == {
        "vae-explorer": False,
        "vae-gui": True,
    }
    for program in folder.programs:
        assert Path(program.options["icon"]).name == "vae-explorer.ico"
        assert Path(program.options["version"]).name == "version-resource.txt"
    assert built.apps == []


def test_on_macos_the_app_comes_to_the_front(monkeypatch: pytest.MonkeyPatch) -> None:
    (app,) = run_spec(monkeypatch, "darwin").apps
    assert app.name == "VAE explorer.app"
    assert [program.name for program in app.folder.programs] == ["vae-explorer"]
    assert "LSBackgroundOnly" not in app.plist
    assert app.plist["CFBundleExecutable"] == "vae-explorer"
    assert app.plist["CFBundleShortVersionString"] == __version__
    assert app.plist["CFBundleIdentifier"] == "org.vae_explorer.VAEExplorer"
    (kind,) = app.plist["CFBundleDocumentTypes"]
    assert kind["CFBundleTypeExtensions"] == ["vae"]


def test_on_linux_there_is_one_program(monkeypatch: pytest.MonkeyPatch) -> None:
    built = run_spec(monkeypatch, "linux")
    assert [program.name for program in built.folders[0].programs] == ["vae-explorer"]
    assert built.apps == []


def test_what_an_exported_script_borrows_is_there_as_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = run_spec(monkeypatch, "linux").analyses[0]["module_collection_mode"]
    packages = tuple(f"{name}." for name, mode in kept.items() if mode == "pyz+py")
    assert [module for module in HOMES if not module.startswith(packages)] == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_hook_of_pyinstaller_loads_qt_before_the_app(
    monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    loaded: list[object] = []
    utils = ModuleType("_pyi_rth_utils")
    utils.qt = SimpleNamespace(create_embedded_qt_conf=lambda *given: loaded.append(given))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, utils.__name__, utils)
    for hook in run_spec(monkeypatch, system).analyses[0]["runtime_hooks"]:
        runpy.run_path(hook)
    utils.qt.create_embedded_qt_conf("PySide6", "there")
    assert loaded == []
