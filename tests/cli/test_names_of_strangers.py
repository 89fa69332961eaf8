"""No text that a file, a folder or a name holds becomes code, a tag, a link or a formula in anything that is exported."""

import argparse
import ast
import csv
import io
import json
import os
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import onnx
import pytest
import yaml
from safetensors import safe_open

from tests.cli.conftest import Call
from tests.core.export.test_replay import COLORS, entries, style
from tests.core.sharing.conftest import untrained
from tests.tiny import tiny_config
from vae_gui.cli.parser import build_parser
from vae_gui.core.export.figure_files import DRAWERS, write_figure
from vae_gui.core.export.figures import confusion_figure
from vae_gui.core.export.replay import SCATTER, ReplayOptions, export_replay
from vae_gui.core.export.tables import ENCODING_TABLES, export_confusion_csv
from vae_gui.core.sharing import SHARES
from vae_gui.core.sharing.script.write import script
from vae_gui.core.storage.workspace import Workspace, load, save
from vae_gui.core.support.foreign_text import writable
from vae_gui.core.support.progress import Job, finish
from vae_gui.core.sweeps.labels import RunLabel, read_labels, write_labels
from vae_gui.core.sweeps.rows import DONE, EvaluationRow, RowFile, RunRow
from vae_gui.core.vae.history import HistoryRows

HARMLESS = "harmless"
HOSTILE = (
    'a"""\nraise SystemExit("it ran")\n"""',
    "a'''\nraise SystemExit\n'''",
    "\"\\'; import os #",
    "trailing\\",
    "\\N{BULLET} \\x41 {0} {{model}} {name!r} %s %n",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "'=1+1",
    '=cmd|" /c calc"!A1',
    "a\nb\rc\u2028d\u2029e\x85f",
    "</script><script>document.title='gone'</script>",
    '"><img src=x onerror=alert(1)>',
    "<!-- ]]> -->",
    "&lt;b&gt; &amp;",
    "[x](http://an.example) ![x](y) http://an.example www.an.example someone@an.example",
    "a|b`c`*d*_e_#f",
    "half of a pair \ud800",
    os.fsdecode(b"caf\xe9"),
    "nul\x00bell\x07escape\x1b[2J",
    "\u202eright to left",
    "---\n- a: b",
)
PLAIN = tuple(f"{HARMLESS} {i}" for i in range(len(HOSTILE)))
TITLES = (HOSTILE[0], HOSTILE[5], HOSTILE[15], HOSTILE[19], HOSTILE[21], "".join(HOSTILE)[:300])


def named(title: str, class_names: tuple[str, ...], dataset: str) -> Workspace:
    """A model with these texts wherever a file has one."""
    workspace = untrained(replace(tiny_config(), preset=title, dataset=dataset))
    encodings = workspace.encodings
    assert encodings is not None
    labels = (np.arange(len(encodings)) % len(class_names)).astype(np.int16)
    rows = np.array([[1, 300, 290, 10], [2, 250, 240, 10]], np.float64)
    return replace(
        workspace,
        title=title,
        history=HistoryRows(rows, rows),
        encodings=replace(encodings, labels=labels, class_names=class_names),
    )


def saved(folder: Path, title: str, names: tuple[str, ...], dataset: str) -> Path:
    """The same in a rightly sealed file, which holds no half letters."""
    path = folder / "model.vae"
    title, dataset = writable(title), writable(dataset)
    save(named(title, tuple(map(writable, names)), dataset), path)
    assert load(path).title == title
    return path


def commands() -> Iterator[tuple[str, str]]:
    """Each kind of `vae-gui export` with each ending that it writes."""
    for kind, parser in kinds_of(build_parser(), "export").items():
        (out,) = (action for action in parser._actions if action.dest == "out")
        assert isinstance(out.metavar, str)
        yield from ((kind, suffix) for suffix in out.metavar[1:].split("|"))


def kinds_of(parser: argparse.ArgumentParser, *names: str) -> dict[str, argparse.ArgumentParser]:
    """The commands below a command."""
    (action,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return kinds_of(action.choices[names[0]], *names[1:]) if names else action.choices


class Tags(HTMLParser):
    """The tags of a page with the names of their attributes, and what stands in its scripts but for the model."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.in_script = self.in_model = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        kept = [(name, value) for name, value in attributes if name not in ("content", "title")]
        self.found.append((tag, kept, [name for name, _ in attributes]))
        self.in_script = tag == "script"
        self.in_model = self.in_script and ("type", "application/json") in attributes

    def handle_data(self, data: str) -> None:
        if self.in_script and not self.in_model:
            self.found.append(data)

    def handle_comment(self, data: str) -> None:
        self.found.append(data)


class Shape(ast.NodeTransformer):
    """A program without the texts in it."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("" if isinstance(node.value, str) else node.value)


def of_script(content: bytes) -> object:
    """The statements, with the texts of comments and docstrings but of nothing else."""
    tree = ast.parse(content)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = [ast.get_docstring(n) for n in ast.walk(tree) if isinstance(n, documented)]
    tokens = tokenize.tokenize(io.BytesIO(content).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    assert not re.search(r"\b(eval|exec)\(", content.decode().replace("model.eval()", ""))
    return docstrings, comments, ast.dump(Shape().visit(tree))


def of_card(content: bytes) -> object:
    """The keys of the YAML, and what is Markdown in the lines below it."""
    _, front, body = content.decode().split("---\n", 2)
    code = re.compile(r"\(\".*?\"\)")  # the name of the file
    marks = [
        re.findall(r"(?<!\\)[*_<>\[\]|#`]|(?<!\\)://|www\.|(?<!\\)@", code.sub("", line))
        for line in body.splitlines()
    ]
    return list(yaml.safe_load(front)), marks


def of_table(content: bytes) -> object:
    """How many cells each row has; no text begins a formula."""
    rows = list(csv.reader(io.StringIO(content.decode().replace("\x00", ""), newline="")))
    for cell in (cell for row in rows for cell in row if not is_number(cell)):
        assert not re.match("[=+\\-@\t\r\n]", cell), cell
    return [len(row) for row in rows]


def is_number(cell: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?|-?inf|nan", cell) is not None


def of_tabbed(content: bytes) -> object:
    for cell in re.split("[\t\n]", content.decode()):
        assert is_number(cell) or not re.match("[=+\\-@\r]", cell), cell
    return [line.count("\t") for line in content.decode().split("\n")]


def of_svg(content: bytes) -> object:
    return [element.tag for element in ElementTree.fromstring(content).iter()]


def of_weights(content: bytes) -> object:
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")].decode())
    return list(header), list(json.loads(header["__metadata__"]["run"]))


def of_onnx(content: bytes) -> object:
    model = onnx.load_from_string(content)
    return [node.op_type for node in model.graph.node], [item.key for item in model.metadata_props]


STRUCTURES: dict[str, Callable[[bytes], object]] = {
    ".py": of_script,
    ".html": lambda content: Tags(content.decode()).found,
    ".md": of_card,
    ".csv": of_table,
    ".tsv": of_tabbed,
    ".svg": of_svg,
    ".safetensors": of_weights,
    ".onnx": of_onnx,
}


def structures(folder: Path) -> dict[str, object]:
    """What is built of the files in a folder; of a picture it is that there is one."""
    return {
        path.name: STRUCTURES.get(path.suffix, lambda content: bool(content))(path.read_bytes())
        for path in sorted(folder.iterdir())
    }


def test_every_share_is_a_kind_that_is_looked_at() -> None:
    assert {kind for kind, _ in commands()} >= set(SHARES)
    assert {share.suffix for share in SHARES.values()} <= set(STRUCTURES)


@pytest.mark.timeout(300)  # an ONNX file is traced in a process of its own
@pytest.mark.parametrize(("kind", "suffix"), list(commands()))
def test_a_name_builds_nothing_in_what_is_exported(
    call: Call, tmp_path: Path, data: tuple[str, ...], kind: str, suffix: str
) -> None:
    """The file of a harmless name and those of hostile ones are built alike."""
    titles = (HARMLESS, *(TITLES[-1:] if kind == "probe" else TITLES))
    if suffix == ".onnx":  # of which each takes seconds
        titles = TITLES[-1:]
    found = []
    for i, title in enumerate(titles):
        names = PLAIN if title == HARMLESS else HOSTILE
        own = f"own-images:28:auto:0::{title}"
        folder = tmp_path / str(i)
        folder.mkdir()
        path = saved(tmp_path, title, names, "digits" if kind == "script" else own)
        more = data if kind == "probe" else ()
        few = ("--frames", "3") if kind in ("strip", "traversal", "grid", "samples") else ()
        done = call("export", kind, path, "--out", folder / f"out{suffix}", *more, *few)
        assert done.code == 0, done.err
        found.append(structures(folder))
    assert all(structure == found[0] for structure in found[1:])


@pytest.mark.parametrize("title", HOSTILE, ids=ascii)
def test_a_script_holds_no_name(title: str) -> None:
    """Whatever a file calls its recipe: the script of another that nobody knows is the same to the letter."""
    assert script(named(title, HOSTILE, "digits")) == script(named(HARMLESS, PLAIN, "digits"))


def beside_the_commands(names: tuple[str, ...], folder: Path) -> Iterator[Job[Path]]:
    """What the window alone exports with names of classes in it."""
    counts = np.eye(len(names), dtype=np.int64)
    yield export_confusion_csv(counts, names, folder / "confusion.csv")
    figure = confusion_figure(counts[::3, ::3], names[::3], names[-1])
    for suffix in DRAWERS:
        yield write_figure(figure, folder / f"confusion{suffix}")
    encodings = named(HARMLESS, names, "digits").encodings
    assert encodings is not None
    for suffix, write in ENCODING_TABLES.items():
        yield write(encodings, folder / f"projected{suffix}", encodings.mu)
    kept = [
        replace(entry, encodings=replace(entry.encodings, class_names=names[-6:-4]))
        for entry in entries(count=2)
    ]
    shown = style(), folder / "replay.gif", ReplayOptions(SCATTER, size=84)
    assert len(COLORS) == 2
    yield export_replay(kept, *shown)


def test_the_names_of_classes_build_nothing_in_what_the_window_exports(tmp_path: Path) -> None:
    found = []
    for names in (PLAIN, HOSTILE):
        folder = tmp_path / str(len(found))
        folder.mkdir()
        for job in beside_the_commands(names, folder):
            finish(job)
        found.append(structures(folder))
    assert found[0] == found[1]


def test_the_names_of_runs_are_no_formulas_in_the_tables_of_a_sweep(tmp_path: Path) -> None:
    """And they come back as they were, but for white space and what UTF-8 cannot hold."""
    results = RowFile(tmp_path / "results.csv", RunRow)
    results.append(RunRow(name, DONE, name, name, error=name) for name in HOSTILE)
    evaluations = RowFile(tmp_path / "evaluations.csv", EvaluationRow)
    evaluations.append(EvaluationRow(name, 1, 2.0, 3.0) for name in HOSTILE)
    assert len(structures(tmp_path)) == 2
    expected = [re.sub("[\ud800-\udfff]", "\ufffd", " ".join(name.split())) for name in HOSTILE]
    assert [row.name for row in results.all_rows()] == expected
    assert [row.name for row in evaluations.all_rows()] == expected


def test_the_tags_of_runs_come_back_as_they_were(tmp_path: Path) -> None:
    labels = {name: RunLabel(name, name) for name in HOSTILE}
    write_labels(labels, tmp_path)
    expected = {writable(name): RunLabel(writable(name), writable(name)) for name in HOSTILE}
    assert read_labels(tmp_path) == expected


def test_a_model_is_shipped_with_its_card_whatever_it_is_called(
    call: Call, tmp_path: Path, data: tuple[str, ...]
) -> None:
    for title in TITLES:
        path = saved(tmp_path, title, HOSTILE, "digits")
        out, card = tmp_path / "shipped.vae", tmp_path / "card.md"
        done = call(
            "ship", path, *data, "--out", out, "--card", card, "--originals", "0", "--overwrite"
        )
        assert done.code == 0, done.err
        assert load(out).title == writable(title)
        card.read_text(encoding="utf-8")
        with safe_open(out, "np") as file:
            assert file.metadata()
