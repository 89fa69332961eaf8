"""The site has every page, every public name and every command; `make site` builds it, and fails at a warning of Sphinx."""

import importlib
import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import vae_gui
from vae_gui.cli import COMMANDS

REPOSITORY = Path(__file__).parent.parent
DOCS = REPOSITORY / "docs"
FIRST = (DOCS / "index.md").read_text(encoding="utf-8")
PYTHON = (DOCS / "guide" / "api.md").read_text(encoding="utf-8")
CONTENTS = re.findall(r"(?ms)^```\{toctree\}\n(.+?)^```", FIRST)
RECIPE = (REPOSITORY / "Makefile").read_text(encoding="utf-8").partition("\nsite:")[2]
NAMES = sorted(set(vae_gui.__all__) - {"__version__"})


def test_every_page_is_in_the_contents() -> None:
    listed = re.findall(r"(?m)^(?:.+<)?([\w/-]+)>?$", "".join(CONTENTS))
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    decisions = {page for page in pages if page.startswith("adr/0")}
    assert sorted(listed) == sorted(pages - decisions - {"index"})
    assert (DOCS / "adr" / "README.md").read_text(encoding="utf-8").endswith(":glob:\n\n0*\n```\n")


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_is_on_the_python_page(name: str) -> None:
    assert re.search(rf"(?m)^\.\. auto\w+:: {name}(?:\(\))?$|`{name}`", PYTHON)


def functions_of(public: object) -> list[Callable[..., object]]:
    """Return a function itself, or the methods of a class that are for its users."""
    if inspect.isfunction(public):
        return [public]
    members = inspect.getmembers(public, inspect.isfunction) if inspect.isclass(public) else []
    return [method for name, method in members if not name.startswith("_")]


@pytest.mark.parametrize("name", NAMES)
def test_a_docstring_that_tells_of_arguments_tells_of_each(name: str) -> None:
    for function in functions_of(getattr(vae_gui, name)):
        section = (inspect.getdoc(function) or "").partition("Args:\n")[2].partition("\n\nR")[0]
        told = re.findall(r"(?m)^    (\w+):", section)
        parameters = [key for key in inspect.signature(function).parameters if key != "self"]
        assert told in ([], parameters)


def test_the_page_of_all_commands_is_made_of_the_parser_that_has_them() -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    module, function = (re.findall(rf":{key}: (.+)", page)[0] for key in ("module", "func"))
    parser = getattr(importlib.import_module(module), function)()
    assert all(name in parser.format_help() for name in COMMANDS)


def test_the_first_page_shows_the_demo_that_is_put_beside_it() -> None:
    assert 'class="demo" src="demo.html"' in FIRST and '<a href="demo.html">' in FIRST
    assert "export web-page resources/pretrained.vae --out build/site/demo.html" in RECIPE
    assert ".demo {" in (DOCS / "site" / "site.css").read_text(encoding="utf-8")


def test_a_warning_fails_the_site_and_continuous_integration_builds_it() -> None:
    assert "--fail-on-warning" in RECIPE
    assert "\nmake site\n" in (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
