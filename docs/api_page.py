"""Writes `docs/guide/api.md` from the docstrings of `vae_gui.api`."""

import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from vae_gui import api

API = Path(__file__).parent / "guide" / "api.md"
INTRODUCTION = """# In Python

This page is written by `make docs` from the docstrings of `vae_gui.api`: change it there. The notebook
[latent-space.ipynb](../latent-space.ipynb) shows all of it once through, with its pictures.
"""
EXAMPLES = """## Examples

The model that the app opens with needs no training. It brings 500 test images of MNIST.

```python
from vae_gui import picture, pretrained

model = pretrained()
images = model.test_images
pairs = [*(images[:10] / 255), *model.reconstruct(images[:10])]
picture(pairs).save("pairs.png")  # above each other
picture(model.interpolate(images[0], images[1], 10)).save("walk.png")
print(model.evaluate(images[:100], samples=50))
```

Images of your own come as arrays, lists, tensors, torch data sets or files:

```python
from vae_gui import datasets, picture, train

data = datasets["digits"].load()
X, y = data.train.images / 255, data.train.labels  # (1437, 28, 28) floats in 0…1, and (1437,)
own = train("recommended", X, y, epochs=60, seed=1)
picture(own.prototypes()).save("own.png")
z = own.transform(X)  # (1437, 2), for scikit-learn
```

A run goes on from its model or from its file, and reports on its way:

```python
from vae_gui import train

begun = train("s3-mlp", "digits", epochs=2, report=print)
begun.save("begun.vae")
longer = train(resume="begun.vae", epochs=4, report=lambda e: print(e.step, e.test_loss))
```
"""
FUNCTIONS = ("train", "load", "pretrained", "picture")
VALUES = ("Scores", "Epoch", "Dataset", "ImageData")


def api_page() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION, _fenced(_text(api)), EXAMPLES]
    for name in FUNCTIONS:
        parts += _function(getattr(api, name))
    parts += _class(api.Model)
    for name in VALUES:
        parts += _class(getattr(api, name))
    parts += [
        "## presets, datasets",
        "The recipes and the data sets by name, to read: " + _names("presets") + _names("datasets"),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _names(registry: str) -> str:
    return f"\n- `{registry}`: " + ", ".join(f"`{name}`" for name in getattr(api, registry))


def _class(documented: type) -> Iterator[str]:
    yield f"## {documented.__name__}"
    yield _text(documented)
    if dataclasses.is_dataclass(documented):
        fields = dataclasses.fields(documented)
        yield (
            "```text\n"
            + "\n".join(f"{field.name}: {_type(field.type)}" for field in fields)
            + "\n```"
        )
    for name, member in vars(documented).items():
        if inspect.isfunction(member) and not name.startswith("_"):
            yield from _function(member, level=3)


def _function(function: object, level: int = 2) -> Iterator[str]:
    name = getattr(function, "__name__", "")
    signature = str(inspect.signature(function))  # type: ignore[arg-type]
    signature = re.sub(r"(: |-> )'([^']*)'", r"\1\2", signature)
    yield f"{'#' * level} {name}"
    yield f"```text\n{name}{signature}\n```"
    yield _text(function)


def _type(annotation: object) -> str:
    return (
        annotation
        if isinstance(annotation, str)
        else getattr(annotation, "__name__", str(annotation))
    )


def _fenced(text: str) -> str:
    """Mark the indented lines as Python, as GitHub colours it."""
    return re.sub(
        r"(?m)^    .+\n(?:    .+\n|\n(?=    ))*",
        lambda block: "```python\n" + re.sub(r"(?m)^    ", "", block[0]) + "```\n",
        text,
    )


def _text(documented: object) -> str:
    """Return a docstring, which is Markdown as it stands."""
    return inspect.getdoc(documented) or ""


if __name__ == "__main__":
    API.write_text(api_page(), encoding="utf-8")
