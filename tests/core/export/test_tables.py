"""Tables for other programs: every number comes back, and no name is taken for a formula."""

import csv
from pathlib import Path

import numpy as np
import pytest

from vae_gui.core.export.tables import (
    export_confusion_csv,
    export_encodings_csv,
    export_encodings_npz,
)
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.encodings import Encodings

NAMES = ("a,b", '=1+"2"', "plain")


def encodings(point: bool = False, labelled: bool = True) -> Encodings:
    random = np.random.default_rng(0)
    mu = random.normal(size=(4001, 3)).astype(np.float32)
    labels = np.arange(4001, dtype=np.int16) % 3 if labelled else None
    return Encodings(mu, None if point else mu - 1, labels, NAMES if labelled else ())


def table(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("point", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
def test_encodings_come_back_from_a_table(tmp_path: Path, point: bool, labelled: bool) -> None:
    given = encodings(point, labelled)
    head, *rows = table(finish(export_encodings_csv(given, tmp_path / "z.csv")))
    assert head == [
        "class",
        "mu1",
        "mu2",
        "mu3",
        *(() if point else ("logvar1", "logvar2", "logvar3")),
    ]
    values = np.array([row[1:] for row in rows], np.float32)
    np.testing.assert_array_equal(values[:, :3], given.mu)
    if not point:
        np.testing.assert_array_equal(values[:, 3:], given.logvar)
    assert [row[0] for row in rows[:3]] == (["a,b", '\'=1+"2"', "plain"] if labelled else [""] * 3)


def test_arrays_hold_what_is_known(tmp_path: Path) -> None:
    path = finish(export_encodings_npz(encodings(point=True, labelled=False), tmp_path / "z.npz"))
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays.files == ["mu"]


def test_a_confusion_matrix_has_its_classes_on_both_sides(tmp_path: Path) -> None:
    counts = np.arange(9).reshape(3, 3)
    head, *rows = table(finish(export_confusion_csv(counts, NAMES, tmp_path / "c.csv")))
    assert head == ["true \\ predicted", "a,b", '\'=1+"2"', "plain"]
    assert [[int(value) for value in row[1:]] for row in rows] == counts.tolist()
    assert [row[0] for row in rows] == head[1:]
