"""The timeline in a workspace file: its entries are stacked, so that there are few tensors.

Entries of a kind are stacked together: exact, half (float16), decoder (float16, without the encoder), bytes (the
decoder in 8 bits), and newest, whose weights are those of the model and are stored once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.storage.verified_container import Arrays
from vae_gui.core.storage.workspace_values import array_of, group, parts
from vae_gui.core.support.json_values import count, flag, items, require, text
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.snapshot import Arrays as Weights
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.timeline import Timeline, TimelineEntry

MAX_KEPT = 60  # moments that a save keeps
ENCODED = ("mu", "logvar", "labels")
STACKED = ("exact", "half", "decoder", "bytes")
NEWEST = "newest"


def timeline_document(timeline: Timeline, newest: Snapshot) -> dict[str, object]:
    """Return the description of the entries. newest: the weights of the model, in the same file."""
    entries = timeline.entries
    return {
        "capacity": timeline.capacity,
        "steps": [timeline_entry.step for timeline_entry in entries],
        "kinds": [_kind_of(timeline_entry.snapshot, newest) for timeline_entry in entries],
        "images": [len(timeline_entry.encodings) for timeline_entry in entries],
        "class_names": entries[0].encodings.class_names,
    }


def timeline_tensors(timeline: Timeline, newest: Snapshot) -> dict[str, NDArray[np.generic]]:
    """The weights of all entries stacked, and their encodings one after the other."""
    entries = timeline.entries
    tensors: dict[str, NDArray[np.generic]] = {}
    for kind in STACKED:
        weights = [
            timeline_entry.snapshot.weights
            for timeline_entry in entries
            if _kind_of(timeline_entry.snapshot, newest) == kind
        ]
        for name in weights[0] if weights else ():
            tensors[f"timeline-{kind}/{name}"] = np.stack([each[name] for each in weights])
    for name in ENCODED:
        arrays = [getattr(timeline_entry.encodings, name) for timeline_entry in entries]
        if arrays[0] is not None:
            tensors[f"timeline/{name}"] = np.concatenate(arrays)
    return tensors


def unpack_timeline(values: dict[str, object], newest: Snapshot, tensors: Arrays) -> Timeline:
    """The inverse of both, for the run of `newest`. Each entry has memory of its own: thinning frees it."""
    kinds = _kinds(values)
    waiting: dict[str, Iterator[Weights]] = {
        kind: iter(_unstacked(group(f"timeline-{kind}", tensors), kinds.count(kind)))
        for kind in STACKED
    }
    waiting[NEWEST] = repeat(newest.weights)
    steps = [count(step) for step in items(values["steps"])]
    encodings = _encodings(values, group("timeline", tensors))
    entries = [
        TimelineEntry(replace(newest, step=step, weights=next(waiting[kind])), encoded)
        for step, kind, encoded in zip(steps, kinds, encodings, strict=True)
    ]
    return Timeline(count(values["capacity"]), tuple(entries))


def alike(timeline: Timeline) -> Timeline:
    """Leave out entries that were encoded from images of other classes: the data set has changed since."""
    if not timeline.entries:
        return timeline
    last = _kind(timeline.entries[-1].encodings)
    kept = tuple(
        timeline_entry
        for timeline_entry in timeline.entries
        if _kind(timeline_entry.encodings) == last
    )
    return replace(timeline, entries=kept)


def kept(timeline: Timeline, newest: Snapshot) -> Timeline:
    """Return what a save keeps: MAX_KEPT moments at most, with their decoders alone, in half precision.

    newest: the weights of the model; the moment that has them stays whole, as they are in the file anyway.
    """
    timeline = alike(timeline)
    if len(timeline) > MAX_KEPT:
        timeline = timeline.thinned(MAX_KEPT - 1)  # and the last one, wherever it stands
    entries = tuple(
        moment if _holds(newest, moment.snapshot) else moment.decoder for moment in timeline.entries
    )
    return replace(timeline, entries=entries)


def stored_bytes(timeline: Timeline, newest: Snapshot) -> int:
    """Return what the timeline adds to a file, in which `newest` is anyway."""
    total = 0
    for moment in timeline.entries:
        encodings = moment.encodings
        weights = () if _holds(newest, moment.snapshot) else moment.snapshot.weights.values()
        arrays = encodings.mu, encodings.logvar, encodings.labels, *weights
        total += sum(array.nbytes for array in arrays if array is not None)
    return total


def _kinds(values: dict[str, object]) -> list[str]:
    """Version 0.1 said of each entry only whether it is exact."""
    if "kinds" not in values:
        return ["exact" if flag(value) else "half" for value in items(values["exact"])]
    kinds = [text(kind) for kind in items(values["kinds"])]
    require(set(kinds) <= {*STACKED, NEWEST}, "a moment is of no known kind")
    return kinds


def _kind_of(snapshot: Snapshot, newest: Snapshot) -> str:
    if _holds(newest, snapshot):
        return NEWEST
    if not snapshot.has_encoder:
        return "bytes" if snapshot.in_eight_bits else "decoder"
    exact = any(array.dtype == np.float32 for array in snapshot.weights.values())
    return "exact" if exact else "half"


def _holds(newest: Snapshot, snapshot: Snapshot) -> bool:
    """Say whether a moment has the very weights of the model."""
    mine, its = newest.weights, snapshot.weights
    return snapshot.step == newest.step and all(
        name in its and its[name].dtype == array.dtype and np.array_equal(its[name], array)
        for name, array in mine.items()
    )


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


def _own(array: NDArray[np.generic]) -> NDArray[np.generic]:
    copy = np.array(array)
    copy.flags.writeable = False
    return copy
