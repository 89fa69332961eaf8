"""The borders of layers (core ← runtime ← ui) and of the packages inside them, read from the imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "vae_gui"
FORBIDDEN = {
    "core": ("PySide6", "pyqtgraph", "vae_gui.runtime", "vae_gui.ui", "vae_gui.app"),
    "runtime": ("PySide6.QtWidgets", "pyqtgraph", "vae_gui.ui", "vae_gui.app"),
    "ui": ("torch", "torchvision", "vae_gui.app"),
    "api": ("PySide6", "pyqtgraph", "vae_gui.cli", "vae_gui.runtime", "vae_gui.ui", "vae_gui.app"),
}
# From the lowest to the highest: a package imports only from those before it.
CORE = (
    "support",
    "datasets",
    "vae",
    "inference",
    "state",
    "latent",
    "paths",
    "analysis",
    "pictures",
    "storage",
    "sharing",
    "export",
    "sweeps",
)
UI = ("style", "access", "widgets", "plane", "parts", "panels", "window")
MAX_ARROWS = 55  # between the packages of core
HEAVY = ("torch", "torchvision", "sklearn", "scipy", "openTSNE")


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_a_layer_imports_no_higher_one(layer: str) -> None:
    files = list((PACKAGE / layer).rglob("*.py"))
    assert files
    broken = [
        f"{path.relative_to(PACKAGE)} imports {module}"
        for path in files
        for module in imports_of(path)
        if any(is_in(module, package) for package in FORBIDDEN[layer])
    ]
    assert broken == []


@pytest.mark.parametrize(("layer", "higher"), [("core", ("runtime", "ui")), ("runtime", ("ui",))])
def test_the_tests_of_a_layer_stand_without_those_of_higher_ones(
    layer: str, higher: tuple[str, ...]
) -> None:
    broken = [
        f"{path.name} imports {module}"
        for path in (Path(__file__).parent / layer).rglob("*.py")
        for module in imports_of(path)
        if any(is_in(module, f"tests.{package}") for package in higher)
    ]
    assert broken == []


def arrows_between(layer: str, packages: tuple[str, ...]) -> dict[tuple[str, str], list[str]]:
    """Which package imports which other, and the modules that do."""
    found: dict[tuple[str, str], list[str]] = {}
    for path in sorted((PACKAGE / layer).rglob("*.py")):
        inside = path.relative_to(PACKAGE / layer)
        for module in imports_of(path):
            prefix, _, rest = module.partition(f"vae_gui.{layer}.")
            other = rest.partition(".")[0]
            if not prefix and other in packages and other != inside.parts[0]:
                found.setdefault((inside.parts[0], other), []).append(str(inside))
    return found


@pytest.mark.parametrize(("layer", "packages"), [("core", CORE), ("ui", UI)])
def test_every_module_stands_in_a_package_of_its_concept(
    layer: str, packages: tuple[str, ...]
) -> None:
    entries = {path.name for path in (PACKAGE / layer).iterdir()}
    assert entries - {"__init__.py", "__pycache__"} == set(packages)


@pytest.mark.parametrize(("layer", "packages"), [("core", CORE), ("ui", UI)])
def test_a_package_imports_no_higher_one(layer: str, packages: tuple[str, ...]) -> None:
    upward = {
        f"{low} imports {high}": modules
        for (low, high), modules in arrows_between(layer, packages).items()
        if packages.index(low) < packages.index(high)
    }
    assert upward == {}


def test_the_packages_of_core_know_few_others() -> None:
    assert 0 < len(arrows_between("core", CORE)) <= MAX_ARROWS


def test_panels_do_not_import_each_other() -> None:
    panels = "vae_gui.ui.panels."
    folder = PACKAGE / "ui" / "panels"
    broken = [
        f"{path.relative_to(folder)} imports {module}"
        for path in folder.rglob("*.py")
        if path.parent != folder
        for module in imports_of(path)
        if module.startswith(panels)
        and module.removeprefix(panels).partition(".")[0] != path.relative_to(folder).parts[0]
    ]
    assert broken == []


def test_runtime_uses_of_gui_only_the_undo_stack() -> None:
    used = {
        module
        for path in (PACKAGE / "runtime").rglob("*.py")
        for module in imports_of(path)
        if module.startswith("PySide6.QtGui.")
    }
    assert used <= {"PySide6.QtGui.QUndoCommand", "PySide6.QtGui.QUndoStack"}


@pytest.mark.parametrize(
    "module",
    [
        "vae_gui.core.vae.config",
        "vae_gui.core.vae.presets",
        "vae_gui.core.vae.models",
        "vae_gui.core.datasets",
        "vae_gui.core.vae.history",
        "vae_gui.core.storage.workspace",
        "vae_gui.ui.panels",
        "vae_gui.ui.window.main_window",
        "vae_gui.app",
    ],
)
def test_what_the_window_is_built_from_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert result.stdout.strip() == "[]"


def test_no_pickle_anywhere() -> None:
    unsafe = ("pickle", "dill", "joblib", "shelve", "marshal", "torch.load", "torch.save")
    broken = [
        f"{path.relative_to(PACKAGE)} uses {module}"
        for path in PACKAGE.rglob("*.py")
        for module in imports_of(path)
        if any(is_in(module, name) for name in unsafe)
    ]
    calls = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "torch.load(" in path.read_text(encoding="utf-8")
        or "torch.save(" in path.read_text(encoding="utf-8")
        or "allow_pickle=True" in path.read_text(encoding="utf-8")
    ]
    assert broken + calls == []


# They read what the app itself ships or has just written, and the log.
READ_THEIR_OWN = {
    "core/sharing/web_page/page.py",
    "core/support/files.py",
    "core/support/subprocess_job.py",
    "runtime/diagnostics.py",
    "ui/style/icons.py",
    "ui/style/theme.py",
    "ui/window/explanation.py",
}


def test_files_of_others_are_opened_by_the_one_opener() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and reads_a_file(node)
    }
    assert found == READ_THEIR_OWN


def reads_a_file(call: ast.Call) -> bool:
    """Whether a call reads a file by a way of its own: as bytes, as text, or opened in a mode that reads."""
    if not isinstance(call.func, ast.Attribute):
        return False
    name = call.func.attr
    mode = call.args[0] if call.args else None
    modes = isinstance(mode, ast.Constant) and str(mode.value) in ("r", "rb")
    encoded = not call.args and any(key.arg == "encoding" for key in call.keywords)
    return name in ("read_bytes", "read_text", "fromfile") or (
        name == "open" and (modes or encoded)
    )


def test_no_text_is_carried_out_as_code() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("eval", "exec", "compile", "__import__")
    ]
    assert found == []


def test_no_object_emits_the_signal_of_another() -> None:
    """What a person is told goes through `runtime.notices`; everything else is the owner's own affair."""
    foreign = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "emit" and not is_own(node.value)
    ]
    assert foreign == []


def is_own(signal: ast.expr) -> bool:
    """Whether it is `self.name`."""
    return (
        isinstance(signal, ast.Attribute)
        and isinstance(signal.value, ast.Name)
        and signal.value.id == "self"
    )
