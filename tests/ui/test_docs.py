"""The reference of the guide is what `make docs` writes from the registries, and says what they say."""

from collections.abc import MutableMapping
from dataclasses import replace

import pytest

from docs.tables import REFERENCE, REGISTRIES, reference
from vae_gui.core.export.formats import FORMATS
from vae_gui.core.paths import PATHS
from vae_gui.core.pictures.layers import LAYERS
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.presets import PRESETS
from vae_gui.ui.plane.overlays import OVERLAYS


def test_the_reference_is_what_make_docs_writes_now() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "run `make docs`"


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
