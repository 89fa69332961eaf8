"""The reference of the guide is what `make docs` writes from the registries; what the pages name is there."""

import contextlib
import json
import re
import shlex
import shutil
from collections.abc import MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from docs.api_page import API, api_page
from docs.tables import REFERENCE, REGISTRIES, reference
from tests.conftest import REPOSITORY
from vae_gui.cli import COMMANDS
from vae_gui.cli.parser import build_parser
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

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
FOLDERS = [REPOSITORY / name for name in (".", "vae_gui", "tests", "docs")]
OF_THE_WALKS = ("NAME", "linear.py", "prior.py", "norm.md")  # what a contributor is to write
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def test_the_reference_is_what_make_docs_writes_now() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "run `make docs`"


def test_the_api_page_is_what_make_docs_writes_now() -> None:
    assert API.read_text(encoding="utf-8") == api_page(), "run `make docs`"
    assert all(
        f"### {name}" in api_page() for name in ("encode", "decode", "elbo", "module", "save")
    )


def test_the_notebook_runs_from_its_first_cell_to_its_last(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = (REPOSITORY / "docs" / "latent-space.ipynb").read_text(encoding="utf-8")
    cells = [
        "".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"
    ]
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for cell in cells:
        exec(
            compile(cell.replace("report=print", 'device="cpu", threads=1'), "cell", "exec"), names
        )
    assert eval(cells[-1].splitlines()[-1], names) is True
    assert names["walk"].shape == (8, 28, 28) and names["elbo"].mean() > -400


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
