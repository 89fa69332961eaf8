"""Writes `docs/guide/api.md` from the docstrings of `vae_gui.api`."""

import inspect
from collections.abc import Iterator
from pathlib import Path

from vae_gui import api

API = Path(__file__).parent / "guide" / "api.md"
INTRODUCTION = """# In Python

This page is written by `make docs` from the docstrings of `vae_gui.api`: change it there. The notebook
[latent-space.ipynb](../latent-space.ipynb) shows all of it once through.
"""


def api_page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, _text(api), *_function(api.train), *_function(api.load)]
    parts += ["## Model", _text(api.Model)]
    for name, member in vars(api.Model).items():
        if inspect.isfunction(member) and not name.startswith("_"):
            parts += _function(member, level=3)
    parts += [
        "## presets, datasets",
        "The recipes and the data sets by name, to read: " + _names("presets") + _names("datasets"),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _names(registry: str) -> str:
    return f"\n- `{registry}`: " + ", ".join(f"`{name}`" for name in getattr(api, registry))


def _function(function: object, level: int = 2) -> Iterator[str]:
    name = getattr(function, "__name__", "")
    signature = str(inspect.signature(function)).replace("'", "")  # type: ignore[arg-type]
    yield f"{'#' * level} {name}"
    yield f"```python\n{name}{signature}\n```"
    yield _text(function)


def _text(documented: object) -> str:
    """A docstring, which is Markdown as it stands."""
    return inspect.getdoc(documented) or ""


if __name__ == "__main__":
    API.write_text(api_page(), encoding="utf-8")
