"""The reference of the guide is what `make docs` writes from the registries; what the pages name is there."""

import contextlib
import inspect
import json
import re
import shlex
import shutil
from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from docs.tables import REFERENCE, REGISTRIES, reference
from tests.conftest import REPOSITORY
from vae_gui import api
from vae_gui.cli import COMMANDS
from vae_gui.cli.parser import build_parser
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.export.formats import FORMATS
from vae_gui.core.paths import PATHS
from vae_gui.core.pictures.layers import LAYERS
from vae_gui.core.storage.workspace import load
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.models.base import build
from vae_gui.core.vae.presets import PRESETS
from vae_gui.resources import resources_dir
from vae_gui.ui.plane.overlays import OVERLAYS

API = REPOSITORY / "docs" / "guide" / "api.md"
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
FOLDERS = [REPOSITORY / name for name in (".", "vae_gui", "tests", "docs")]
OF_THE_WALKS = ("NAME", "linear.py", "prior.py", "norm.md")  # what a contributor is to write
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def test_the_reference_is_what_make_docs_writes_now() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "run `make docs`"


def first_example() -> str:
    """Return the indented lines of the docstring, with which the Python page of the site begins."""
    return "\n".join(re.findall(r"(?m)^    (.+)$", inspect.getdoc(api) or ""))


def python_blocks(page: Path) -> list[str]:
    return re.findall(r"```python\n(.+?)```", page.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def first_lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the first lines of the Python page leave behind, carried out on one thread, as its neighbours have the others."""
    with contextlib.chdir(tmp_path_factory.mktemp("first")):
        names: dict[str, Any] = {}
        lines = first_example().replace("seed=1)", "seed=1, threads=1)")
        exec(compile(lines, "first lines", "exec"), names)
        names["written"] = sorted(path.name for path in Path().iterdir())
        yield names


def test_the_first_lines_of_python_draw_ten_digits_that_can_be_told_apart(
    first_lines: dict[str, Any],
) -> None:
    model = first_lines["model"]
    drawn = model.prototypes()
    alike = np.corrcoef(drawn.reshape(10, -1)) - np.eye(10)
    assert alike.max() < 0.95
    means = [model.test_images[model.test_labels == c].mean(0).ravel() for c in range(10)]
    nearest = np.corrcoef(drawn.reshape(10, -1), means)[:10, 10:].argmax(1)
    assert (nearest == np.arange(10)).sum() >= 9
    assert first_lines["written"] == ["digits.png", "digits.vae"]
    assert len(model.history[0]) <= 400  # steps: what takes half a minute on two cores


def test_readme_and_notebook_train_by_the_same_line_as_the_docstring() -> None:
    line = 'train("recommended", "digits", epochs=60, seed=1)'
    book = REPOSITORY / "docs" / "latent-space.ipynb"
    for place in (first_example(), *python_blocks(PAGES[0])):
        assert line in place
    assert json.dumps(line)[1:-1] in book.read_text(encoding="utf-8")


@pytest.mark.parametrize("number", range(3))
def test_every_example_of_the_python_page_runs(
    number: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bars: ImageData
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = python_blocks(API)
    assert len(blocks) == 3
    short = re.sub("epochs=60", "epochs=1", blocks[number])
    exec(compile(short, f"example {number}", "exec"), {})
    assert list(tmp_path.iterdir())


BOOK = json.loads((REPOSITORY / "docs" / "latent-space.ipynb").read_text(encoding="utf-8"))
CODE = [cell for cell in BOOK["cells"] if cell["cell_type"] == "code"]


def test_the_notebook_runs_from_its_first_cell_to_its_last(
    first_lines: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("vae_gui.api.train", lambda *_, **__: first_lines["model"])
    names: dict[str, Any] = {}
    for cell in CODE:
        lines = [line for line in cell["source"] if not line.startswith("%")]
        exec(compile("".join(lines), "cell", "exec"), names)
    assert eval(CODE[-1]["source"][-1], names) is True
    assert names["walk"].shape == (10, 28, 28) and -110 < names["elbo"].mean() < -90
    names["plt"].close("all")


def test_the_notebook_keeps_its_pictures() -> None:
    outputs = [output for cell in CODE for output in cell["outputs"]]
    kinds = [kind for output in outputs for kind in output.get("data", {})]
    assert kinds.count("image/png") >= 6 and kinds.count("text/html") >= 2
    assert [output["output_type"] for output in outputs if output["output_type"] == "error"] == []
    assert (REPOSITORY / "docs" / "latent-space.ipynb").stat().st_size < 500_000


@pytest.mark.parametrize(
    "registry",
    [PRESETS, MODELS, LIKELIHOODS, PATHS, LAYERS, OVERLAYS, FORMATS],
    ids=["presets", "models", "likelihoods", "paths", "layers", "overlays", "formats"],
)
def test_a_new_entry_is_in_the_reference(
    monkeypatch: pytest.MonkeyPatch, registry: MutableMapping[str, object]
) -> None:
    like = next(iter(registry.values()))
    monkeypatch.setitem(registry, "toy", replace(like, name="toy", title="A | toy"))
    assert "| `toy` | A \\| toy |" in reference()
    assert reference() != REFERENCE.read_text(encoding="utf-8")


def test_no_table_is_empty() -> None:
    assert all(list(entries()) for entries, _ in REGISTRIES.values())


@every_page
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    named = re.findall(r"`([\w/]+/\w+\.(?:py|md))`", page.read_text(encoding="utf-8"))
    real = [name for name in named if not any(toy in name for toy in OF_THE_WALKS)]
    assert [name for name in real if not any((folder / name).is_file() for folder in FOLDERS)] == []


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (page.parent / link).exists()] == []


GUIDE = sorted((REPOSITORY / "docs" / "guide").glob("*.md"))


@pytest.mark.parametrize("page", GUIDE, ids=lambda page: page.name)
def test_every_command_of_the_guide_is_one(page: Path) -> None:
    parser = build_parser()
    text = page.read_text(encoding="utf-8")
    lines = re.findall(r"`vae-gui ([^`\n]+)`", text) + re.findall(r"(?m)^vae-gui (.+)$", text)
    for line in lines:
        words = shlex.split(line)
        if words[0] in COMMANDS and len(words) > 1 and not line.endswith("…"):
            with contextlib.suppress(SystemExit):  # --help
                parser.parse_args(words)


def test_every_page_of_the_guide_is_reached_from_its_first() -> None:
    first = (REPOSITORY / "docs" / "guide" / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in GUIDE if f"]({page.name})" not in first] == ["README.md"]


def test_the_reader_of_the_guide_reads_the_weights(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = (REPOSITORY / "docs" / "guide" / "file-format.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.+?)```", page, re.DOTALL)
    shutil.copy(resources_dir() / "pretrained.vae", tmp_path / "run.vae")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(code, "reader", "exec"), names)
    model = build(load(tmp_path / "run.vae").checkpoint.config.model)
    model.decoder.load_state_dict(names["decoder"])
    assert names["document"]["run"]["model"]["architecture"] == "deep-mlp"


def test_the_guide_says_what_windows_and_macos_take_and_what_nobody_has_tried() -> None:
    installing = (REPOSITORY / "docs" / "guide" / "installing.md").read_text(encoding="utf-8")
    section = installing.partition("## Windows and macOS")[2]
    named = (
        "14 or newer",
        "Intel",
        "x64",
        "ARM64",
        "signed",
        "Gatekeeper",
        "SmartScreen",
        "Log-off",
    )
    assert [word for word in (*named, "rests on memory") if word not in section] == []
    machine = (REPOSITORY / "docs" / "guide" / "your-machine.md").read_text(encoding="utf-8")
    assert "runs and sleep" in machine and "nobody has let one sleep" in machine
