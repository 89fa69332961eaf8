"""The reference of the guide is what `make docs` writes from the registries; what the pages name is there."""

import json
import re
from collections.abc import MutableMapping
from dataclasses import replace
from pathlib import Path

import pytest

from docs.api_page import API, api_page
from docs.tables import REFERENCE, REGISTRIES, reference
from tests.conftest import REPOSITORY
from vae_gui.core.export.formats import FORMATS
from vae_gui.core.paths import PATHS
from vae_gui.core.pictures.layers import LAYERS
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.presets import PRESETS
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
