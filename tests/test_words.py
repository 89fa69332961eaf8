"""The words of the code: no numbers of private lists, no banners, and limits that say which end they are of."""

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
FILES = [
    path
    for folder in ("vae_gui", "tests", "benchmarks", "packaging", "docs")
    for path in sorted((REPOSITORY / folder).rglob("*.py"))
    if path != Path(__file__)
]
UNWANTED = {
    "a number of a private list": re.compile(
        r"[( ;][A-E]\d{1,2}[,;)][^\n]*\"\"\"|# [^\n]*\([A-E]\d{1,2}\)"
    ),
    "a banner": re.compile(r"^ *# ?[-=#*]{3,}", re.MULTILINE),
    "a limit without MAX_ or MIN_": re.compile(
        r"^_?(?:MOST|LEAST|FEWEST|LARGEST|LONGEST|SMALLEST)(?:_\w+)? *[=,:]", re.MULTILINE
    ),
}


@pytest.mark.parametrize("what", UNWANTED)
def test_the_code_has_none_of_these(what: str) -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}: {match[0].strip()}"
        for path in FILES
        for match in UNWANTED[what].finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_each_pattern_finds_what_it_is_for() -> None:
    for what, text in (
        ("a number of a private list", '"""The probe (A22)."""'),
        ("a number of a private list", "LOG_STEPS = 100  # from one line to the next (A8)"),
        ("a banner", "    # --- what the run says ----"),
        ("a limit without MAX_ or MIN_", "MOST_ROWS = 3"),
        ("a limit without MAX_ or MIN_", "FEWEST, MANY = 3, 4"),
    ):
        assert UNWANTED[what].search(text), text


def test_no_class_has_the_name_of_another() -> None:
    places: dict[str, list[str]] = {}
    for path in sorted((REPOSITORY / "vae_gui").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(REPOSITORY)))
    double = {name: files for name, files in places.items() if len(files) > 1}
    assert double == {}


FRAGMENT_WORDS = (
    "Of What Whether With Without As In From By For Where When Which How On At To Until After Before Between Under "
    "Over Through Not Only While Within If Beside Below Above Behind Since Because So Whose Whoever Whatever That"
)
SENTENCES = (
    *("vae_gui/core", "vae_gui/runtime", "vae_gui/cli", "vae_gui/api"),
    *("benchmarks", "packaging", "docs"),
)
FRAGMENTS = frozenset(FRAGMENT_WORDS.split())


@pytest.mark.parametrize("folder", SENTENCES)
def test_docstrings_begin_as_sentences(folder: str) -> None:
    found = []
    for path in sorted((REPOSITORY / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                text = ast.get_docstring(node) or ""
                if text.partition(" ")[0] in FRAGMENTS:
                    found.append(f"{path.relative_to(REPOSITORY)}: {text.partition(chr(10))[0]}")
    assert found == []
