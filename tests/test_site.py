"""The site has every page and every command; `make site` builds it, and fails at a warning of Sphinx."""

import importlib
import re
from pathlib import Path

from vae_gui.cli import COMMANDS

REPOSITORY = Path(__file__).parent.parent
DOCS = REPOSITORY / "docs"
FIRST = (DOCS / "index.md").read_text(encoding="utf-8")
CONTENTS = re.findall(r"(?ms)^```\{toctree\}\n(.+?)^```", FIRST)
RECIPE = (REPOSITORY / "Makefile").read_text(encoding="utf-8").partition("\nsite:")[2]


def test_every_page_is_in_the_contents() -> None:
    listed = re.findall(r"(?m)^(?:.+<)?([\w/-]+)>?$", "".join(CONTENTS))
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")}
    decisions = {page for page in pages if page.startswith("adr/0")}
    assert sorted(listed) == sorted(pages - decisions - {"index"})
    assert (DOCS / "adr" / "README.md").read_text(encoding="utf-8").endswith(":glob:\n\n0*\n```\n")


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
