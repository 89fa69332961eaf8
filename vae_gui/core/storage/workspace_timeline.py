"""The timeline in a workspace file: its entries are stacked, so that there are few tensors."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.storage.verified_container import Arrays
from vae_gui.core.storage.workspace_values import array_of, group, parts
from vae_gui.core.support.json_values import count, flag, items, require, text
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.timeline import Timeline, TimelineEntry

ENCODED = ("mu", "logvar", "labels")


def timeline_document(timeline: Timeline) -> dict[str, object]:
    """What is said of the entries; exact ones and those in half precision are stacked apart."""
    entries = timeline.entries
    return {
        "capacity": timeline.capacity,
        "steps": [timeline_entry.step for timeline_entry in entries],
        "exact": [_is_exact(timeline_entry) for timeline_entry in entries],
        "images": [len(timeline_entry.encodings) for timeline_entry in entries],
        "class_names": entries[0].encodings.class_names,
    }


def timeline_tensors(timeline: Timeline) -> dict[str, NDArray[np.generic]]:
    """The weights of all entries stacked, and their encodings one after the other."""
    entries = timeline.entries
    tensors: dict[str, NDArray[np.generic]] = {}
    for place, exact in (("exact", True), ("half", False)):
        weights = [
            timeline_entry.snapshot.weights
            for timeline_entry in entries
            if _is_exact(timeline_entry) is exact
        ]
        for name in weights[0] if weights else ():
            tensors[f"timeline-{place}/{name}"] = np.stack([each[name] for each in weights])
    for name in ENCODED:
        arrays = [getattr(timeline_entry.encodings, name) for timeline_entry in entries]
        if arrays[0] is not None:
            tensors[f"timeline/{name}"] = np.concatenate(arrays)
    return tensors


def unpack_timeline(values: dict[str, object], newest: Snapshot, tensors: Arrays) -> Timeline:
    """The inverse of both, for the run of `newest`. Each entry has memory of its own: thinning frees it."""
    exact = [flag(value) for value in items(values["exact"])]
    halves = [not value for value in exact]
    waiting = {
        True: iter(_unstacked(group("timeline-exact", tensors), sum(exact))),
        False: iter(_unstacked(group("timeline-half", tensors), sum(halves))),
    }
    steps = [count(step) for step in items(values["steps"])]
    encodings = _encodings(values, group("timeline", tensors))
    entries = [
        TimelineEntry(replace(newest, step=step, weights=next(waiting[is_exact])), encoded)
        for step, is_exact, encoded in zip(steps, exact, encodings, strict=True)
    ]
    return Timeline(count(values["capacity"]), tuple(entries))


def alike(timeline: Timeline) -> Timeline:
    """Without entries that were encoded from images of other classes: the data set has changed since."""
    if not timeline.entries:
        return timeline
    last = _kind(timeline.entries[-1].encodings)
    kept = tuple(
        timeline_entry
        for timeline_entry in timeline.entries
        if _kind(timeline_entry.encodings) == last
    )
    return replace(timeline, entries=kept)


def stored_bytes(timeline: Timeline) -> int:
    """What the timeline adds to a file."""
    total = timeline.bytes
    for timeline_entry in timeline.entries:
        encodings = timeline_entry.encodings
        arrays = encodings.mu, encodings.logvar, encodings.labels
        total += sum(array.nbytes for array in arrays if array is not None)
    return total


def _unstacked(stacks: Arrays, entries: int) -> list[dict[str, NDArray[np.generic]]]:
    """The weights of each entry."""
    lengths = {array.shape[:1] for array in stacks.values()}
    require(lengths == ({(entries,)} if entries else set()), "the moments are not whole")
    return [
        {name: _own(stack[index]) for name, stack in stacks.items()} for index in range(entries)
    ]


def _encodings(values: dict[str, object], arrays: Arrays) -> list[Encodings]:
    require({"mu"} <= arrays.keys() <= set(ENCODED), "the moments are not whole")
    names = tuple(text(name) for name in items(values["class_names"]))
    images = [count(length) for length in items(values["images"])]
    mus = parts(array_of(arrays["mu"], np.float32, 2), images)
    logvars: Sequence[NDArray[np.float32] | None] = [None] * len(images)
    labels: Sequence[NDArray[np.int16] | None] = [None] * len(images)
    if "logvar" in arrays:
        logvars = parts(array_of(arrays["logvar"], np.float32, 2), images)
    if "labels" in arrays:
        labels = parts(array_of(arrays["labels"], np.int16, 1), images)
    return [Encodings(*each, names) for each in zip(mus, logvars, labels, strict=True)]


def _kind(encodings: Encodings) -> tuple[bool, bool, tuple[str, ...]]:
    return encodings.logvar is None, encodings.labels is None, encodings.class_names


def _is_exact(timeline_entry: TimelineEntry) -> bool:
    return any(array.dtype == np.float32 for array in timeline_entry.snapshot.weights.values())


def _own(array: NDArray[np.generic]) -> NDArray[np.generic]:
    copy = np.array(array)
    copy.flags.writeable = False
    return copy
