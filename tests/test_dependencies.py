"""Versions that were tested are pinned, and those that are known to be bad are excluded."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
RUNTIME = {
    canonicalize_name(requirement.name): requirement
    for requirement in map(Requirement, PROJECT["dependencies"])
}
DEV = {
    canonicalize_name(requirement.name): requirement
    for extra in ("dev", "docs")
    for requirement in map(Requirement, PROJECT["optional-dependencies"][extra])
}
LINES = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = {
    canonicalize_name(pin.name): pin
    for pin in (Requirement(line) for line in LINES if line and not line.startswith("#"))
}


def pinned_version(name: str) -> str:
    (specifier,) = PINS[name].specifier
    assert specifier.operator == "=="
    return specifier.version


@pytest.mark.parametrize("version", ["6.12.0", "6.12.1", "6.9.1"])
def test_pyside_versions_that_kill_the_process_are_excluded(version: str) -> None:
    # 6.12.0 loses a reference in Signal.emit() on Python 3.10 and 3.11.
    assert not RUNTIME["pyside6-essentials"].specifier.contains(version)
    assert RUNTIME["pyside6-essentials"].specifier.contains("6.11.3")


def test_the_reason_for_the_exclusion_stands_beside_it() -> None:
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(r"#.*6\.12\.0.*\n\s*\"PySide6-Essentials", text)


def test_the_whole_of_pyside_is_not_asked_for() -> None:
    assert "pyside6" not in RUNTIME


@pytest.mark.parametrize("name", sorted(RUNTIME))
def test_every_dependency_has_a_least_version_and_a_tested_one(name: str) -> None:
    requirement = RUNTIME[name]
    assert any(specifier.operator == ">=" for specifier in requirement.specifier)
    assert requirement.specifier.contains(pinned_version(name))


@pytest.mark.parametrize("name", sorted(DEV))
def test_every_development_tool_has_a_tested_version(name: str) -> None:
    assert DEV[name].specifier.contains(pinned_version(name))


def test_torch_and_torchvision_are_a_pair_that_was_tested_together() -> None:
    assert (pinned_version("torch"), pinned_version("torchvision")) == ("2.14.1", "0.29.1")


def test_nothing_is_fetched_from_a_place_of_its_own() -> None:
    assert not [name for name, requirement in (RUNTIME | DEV | PINS).items() if requirement.url]
    assert not [line for line in LINES if line.startswith(("-", "http"))]


def test_the_licence_of_every_library_is_named() -> None:
    text = (REPOSITORY / "docs" / "licences.md").read_text(encoding="utf-8")
    named = {line.split("|")[1].split()[0] for line in text.splitlines() if line.startswith("| ")}
    extras = PROJECT["optional-dependencies"]
    libraries = [*PROJECT["dependencies"], *extras["umap"], *extras["onnx"]]
    assert {canonicalize_name(Requirement(library).name) for library in libraries} <= {
        canonicalize_name(name) for name in named
    }
