"""Any value at any place of a workspace, and any number in any tensor of it, for files that are sealed rightly."""

import copy

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st

from vae_gui.core.storage import verified_container as container

Document = dict[str, object]
Tensors = dict[str, np.ndarray]

NUMBERS = st.sampled_from(
    [0, -1, 1, 2.5, 2**31, 2**63, 10**20, 10**4000, -(10**4000), 1e300, -1e300, 5e-324, 1e7, True]
)
TEXTS = st.sampled_from(
    ["", "x", "x" * 301, "\n" * 301, "x" * 6000, "\u202e", "\0", "<b>", "\ud800"]
)
LEAVES = NUMBERS | TEXTS | st.none()
MANY = st.builds(lambda item, times: [item] * times, LEAVES, st.sampled_from([100, 1001]))
VALUES = MANY | st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["step", "name", "x" * 400]), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value: object, above: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every place of a document, each as the keys that lead to it."""
    inner: list[tuple[object, object]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    here = [above] if above else []
    return here + [place for key, item in inner for place in places(item, (*above, key))]


def changed_document(data: st.DataObject, document: Document, tensors: Tensors) -> bytes:
    """A file in which one place of the document holds something else."""
    document = copy.deepcopy(document)
    *above, last = data.draw(st.sampled_from(places(document)))
    target: object = document
    for key in above:
        target = target[key]  # type: ignore[index]
    target[last] = data.draw(VALUES)  # type: ignore[index]
    try:
        return container.pack(document, tensors)
    except ValueError:
        reject()  # more than a header holds


def changed_tensor(data: st.DataObject, document: Document, tensors: Tensors) -> bytes:
    """A file in which one tensor has another number, or another shape."""
    name = data.draw(st.sampled_from(sorted(tensors)))
    array = tensors[name].copy()
    extremes = np.array([np.inf, -np.inf, np.nan, 1e300, -3e38, 6e4, -1, 2**15 - 1, 0])
    with np.errstate(all="ignore"):
        values = extremes.astype(array.dtype)
    flat = array.reshape(-1)
    if flat.size:
        flat[data.draw(st.integers(0, flat.size - 1))] = data.draw(st.sampled_from(list(values)))
    shape = data.draw(st.sampled_from([array.shape, (flat.size,), (1, flat.size), (0, 4)]))
    reshaped = array.reshape(shape) if np.prod(shape) == flat.size else flat[:0]
    return container.pack(document, tensors | {name: reshaped})
